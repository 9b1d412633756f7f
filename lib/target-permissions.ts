import {
  captureRoleName,
  inspectRoleName,
  pushRoleName,
  readRoleName,
  roleArn,
} from "../lambda/shared/target-roles.ts";
import {
  capturePermissions,
  describe,
  describeNetworks,
  pushPermissions,
  pushRoleUser,
} from "./instance-permissions.ts";
import type { Settings } from "./settings.ts";
import type { Places, Statement } from "./statements.ts";
import { functionRoleName, type HubNames, readerRoleName, type readers, readersOf } from "./target-names.ts";
import type { Targets } from "./target-settings.ts";

/** A statement of the trust policy of a role. */
export interface TrustStatement extends Omit<Statement, "Action" | "Resource"> {
  /** An account's root, which stands for all its roles, or one role. */
  readonly Principal: { readonly AWS: string };
  readonly Action: "sts:AssumeRole" | "sts:SetSourceIdentity";
}

export interface TargetRole {
  readonly roleName: string;
  readonly description: string;
  readonly trust: readonly TrustStatement[];
  readonly permissions: readonly Statement[];
}

/**
 * The roles of a target that the hub assumes.
 *
 * @param place the target's: tokens in the stack, plain text in the local stack. `regions`: all that are served in the account.
 */
export function targetRoles(
  names: HubNames,
  targets: Targets,
  settings: Settings,
  { regions, ...place }: Pick<Places, "partition" | "region" | "account"> & { readonly regions: readonly string[] },
): Readonly<Record<"read" | "inspect" | "capture" | "push", TargetRole>> {
  // Of two organizational units with other regions only IAM knows which an account is in.
  const inRegions = (statement: Statement) => ({
    ...statement,
    Condition: { StringEquals: { "aws:RequestedRegion": regions } },
  });
  const reading = (roleName: string, description: string, permissions: readonly Statement[]): TargetRole => {
    const users = readersOf(settings).filter((name) => readerRoleName(names, name) === roleName);
    return {
      roleName,
      description,
      trust: [trustIn(names, targets, users).assume],
      permissions: permissions.map(inRegions),
    };
  };
  const { assume, setSourceIdentity } = trustIn(names, targets, [pushRoleUser]);
  return {
    read: reading(readRoleName(names), "Describes instances for Latchkey", [describe]),
    inspect: reading(inspectRoleName(names), "Describes instances and their networks for Latchkey", [
      describe,
      describeNetworks,
    ]),
    capture: reading(
      captureRoleName(names),
      "Reads host keys on consoles for Latchkey",
      capturePermissions({ ...place, region: "*" }),
    ),
    push: {
      roleName: pushRoleName(names, place.region),
      description: "Pushes SSH keys for Latchkey",
      trust: [{ ...assume, Condition: { ...assume.Condition, ...named } }, setSourceIdentity],
      permissions: pushPermissions(place, settings),
    },
  };
}

/** Every session of the push role says for whom it is. */
const named = { Null: { "sts:SourceIdentity": "false" } };

/**
 * Trusts roles by name, through their account: a role that a policy names as its principal would no longer be trusted if it were
 * recreated.
 */
function trustIn(
  names: HubNames,
  { hub, externalId, organization }: Targets,
  users: readonly (typeof readers)[number][],
): Readonly<Record<"assume" | "setSourceIdentity", TrustStatement>> {
  const arns = users.map((name) => roleArn(names, hub.account, functionRoleName(names, name, hub.region)));
  const ofOrganization = organization && { "aws:PrincipalOrgID": organization };
  const root = `arn:${names.partition}:iam::${hub.account}:root`;
  const statement = { Effect: "Allow", Principal: { AWS: root } } as const;
  const byRoles = { ArnEquals: { "aws:PrincipalArn": arns } };
  return {
    assume: {
      ...statement,
      Action: "sts:AssumeRole",
      Condition: { ...byRoles, StringEquals: { "sts:ExternalId": externalId, ...ofOrganization } },
    },
    // Without the external id, which IAM knows for AssumeRole alone.
    setSourceIdentity: {
      ...statement,
      Action: "sts:SetSourceIdentity",
      Condition: { ...byRoles, ...(ofOrganization && { StringEquals: ofOrganization }) },
    },
  };
}
