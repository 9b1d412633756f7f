import { pushRoleName, roleArn } from "../lambda/shared/target-roles.ts";
import { pushRoleUser } from "./instance-permissions.ts";
import type { Statement } from "./statements.ts";
import { type HubNames, readerRoleName, type readers } from "./target-names.ts";
import type { Targets } from "./target-settings.ts";

/** Characters without white space that IAM takes in a managed policy, less what stands around the ARNs. */
const mostCharacters = 6144 - 300;
/** IAM's default quota of managed policies of one role. */
const mostPolicies = 10;

/**
 * What a function has to be permitted to assume the roles of all targets, each by its exact ARN; in organizational units, whose
 * accounts nobody lists, by its exact name. Each statement fills a managed policy at most.
 *
 * @throws Error if they are more than one role can have.
 */
export function assumeTargets(names: HubNames, targets: Targets, user: (typeof readers)[number]): readonly Statement[] {
  const { organization, accounts, organizationalUnits } = targets;
  const pushes = user === pushRoleUser;
  const rolesOf = (account: string, regions: readonly string[]) => [
    roleArn(names, account, readerRoleName(names, user)),
    ...(pushes ? regions.map((region) => roleArn(names, account, pushRoleName(names, region))) : []),
  ];
  const assume = { Effect: "Allow", Action: ["sts:AssumeRole", ...(pushes ? ["sts:SetSourceIdentity"] : [])] } as const;
  const listed = accounts.flatMap(({ account, regions }) => rolesOf(account, regions));
  const statements = [
    ...inParts(listed).map((Resource) => ({ ...assume, Resource })),
    ...organizationalUnits.map(({ id, regions }) => ({
      ...assume,
      Resource: rolesOf("*", regions),
      Condition: { "ForAnyValue:StringLike": { "aws:ResourceOrgPaths": [organizationPath(organization, id)] } },
    })),
  ];
  if (statements.length > mostPolicies) {
    const counted = `${listed.length} roles of accounts and ${organizationalUnits.length} organizational units`;
    throw new Error(
      `latchkey.targets has ${counted}, more than ${mostPolicies} policies of ${user} hold: list units instead of accounts`,
    );
  }
  return statements;
}

/** A pattern of the paths of a unit's accounts, wherever the unit is, and however deep below it they are. */
export function organizationPath(organization: string | undefined, unit: string): string {
  return unit.startsWith("r-") ? `${organization}/${unit}/*` : `${organization}/*/${unit}/*`;
}

function inParts(arns: readonly string[]): string[][] {
  const parts: string[][] = [];
  let left = 0;
  for (const arn of arns) {
    // With its quotation marks and comma.
    left -= arn.length + 3;
    const part = left >= 0 ? parts.at(-1) : undefined;
    if (part) {
      part.push(arn);
    } else {
      parts.push([arn]);
      left = mostCharacters - arn.length - 3;
    }
  }
  return parts;
}
