import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ServedTargets } from "../../shared/settings.ts";
import { partitionOf, type Target } from "../../shared/target.ts";
import { type KnownTargets, knownTargets } from "../../targets/known-targets.ts";
import { perTarget } from "../../targets/per-target.ts";
import { ec2Client } from "../ec2/client.ts";
import { stsClient } from "../sts/client.ts";
import { readRoles } from "../sts/read-role.ts";

/** What a function knows of its stack. */
interface Stack {
  readonly ACCOUNT_ID: string;
  readonly AWS_REGION: string;
  readonly STACK_NAME: string;
}

/** The targets that a function serves, and EC2 in each, by credentials that only describe. */
export interface AwsTargets {
  readonly known: KnownTargets;
  targetEc2(target: Target): EC2Client;
}

/** The stack's own target is read with the function's credentials, every other with those of its account's read role. */
export function awsTargets(
  { ACCOUNT_ID: accountId, AWS_REGION: region, STACK_NAME: stackName }: Stack,
  served: ServedTargets | undefined,
): AwsTargets {
  const partition = partitionOf(region) ?? "aws";
  const known = knownTargets({ partition, accountId, region }, served);
  if (!served) return { known, targetEc2: perTarget(({ region }) => ec2Client({ region })) };
  const { rolePath, externalId } = served;
  const names = { partition, stackName, rolePath };
  const credentialsOf = readRoles(stsClient({ region }), { names, externalId, clock: () => new Date() });
  return {
    known,
    targetEc2: perTarget((target) =>
      ec2Client(
        target.accountId === accountId
          ? { region: target.region }
          : { region: target.region, credentials: credentialsOf(target.accountId) },
      ),
    ),
  };
}
