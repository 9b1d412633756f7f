import type { EC2Client } from "@aws-sdk/client-ec2";
import type { STSClient } from "@aws-sdk/client-sts";
import { Problem } from "../../shared/problem.ts";
import type { ServedTargets } from "../../shared/settings.ts";
import { partitionOf, type Target, targetKey } from "../../shared/target.ts";
import { type RoleNames, readRoleName } from "../../shared/target-roles.ts";
import { type KnownTargets, knownTargets } from "../../targets/known-targets.ts";
import { type Locate, locator, type TargetFinder } from "../../targets/locate.ts";
import { perTarget } from "../../targets/per-target.ts";
import { ec2Client } from "../ec2/client.ts";
import { stsClient } from "../sts/client.ts";
import { readRoles } from "../sts/read-role.ts";

/** What a function knows of its stack. */
export interface Stack {
  readonly ACCOUNT_ID: string;
  readonly AWS_REGION: string;
  readonly STACK_NAME: string;
}

/** The stack's own target. */
export const ownTarget = ({ ACCOUNT_ID: accountId, AWS_REGION: region }: Stack): Target => ({
  partition: partitionOf(region) ?? "aws",
  accountId,
  region,
});

/** What the names of the targets' roles follow from. */
export const roleNames = (stack: Stack, { rolePath }: ServedTargets): RoleNames => ({
  partition: ownTarget(stack).partition,
  stackName: stack.STACK_NAME,
  rolePath,
});

/** The targets that a function serves, and EC2 in each, by credentials that only describe. */
export interface AwsTargets {
  readonly known: KnownTargets;
  targetEc2(target: Target): EC2Client;
  readonly locate: Locate;
  /** Of the stack's region. Made when it is first asked for, since only read and push roles need it. */
  sts(): STSClient;
}

/**
 * The stack's own target is read with the function's credentials, every other with those of its account's read role.
 *
 * @param roleNameOf the name of the role that stands in for the read role.
 */
export function awsTargets(
  stack: Stack,
  served: ServedTargets | undefined,
  finder?: TargetFinder,
  roleNameOf = readRoleName,
): AwsTargets {
  const own = ownTarget(stack);
  const known = knownTargets(own, served);
  let made: STSClient | undefined;
  const sts = () => (made ??= stsClient(own));
  if (!served) {
    const locate = locator({ known, admits: async () => false });
    return { known, targetEc2: perTarget(own, ({ region }) => ec2Client({ region })), locate, sts };
  }
  const { externalId } = served;
  const names = roleNames(stack, served);
  const settings = { names, roleName: roleNameOf(names), externalId, clock: () => new Date() };
  const credentialsOf = readRoles(sts(), settings);
  /** Of the accounts of organizational units only IAM knows: it refuses those that are in none, or are not set up yet. */
  const admits = (target: Target) =>
    credentialsOf(target.accountId)().then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && error.code === "aws-refused") return false;
        throw error;
      },
    );
  return {
    known,
    sts,
    locate: locator({ known, finder, admits }),
    targetEc2: perTarget(own, (target) =>
      ec2Client(
        targetKey(target) === targetKey(own)
          ? { region: target.region }
          : { region: target.region, credentials: credentialsOf(target.accountId) },
      ),
    ),
  };
}
