import type { STSClient } from "@aws-sdk/client-sts";
import type { SessionCredentials } from "../../connect/ports.ts";
import { type RoleNames, roleArn } from "../../shared/target-roles.ts";
import { secondsAfter } from "../../shared/time.ts";
import { assumeRole } from "./assume-role.ts";

/** Seconds: the longest session of a role that another role assumes. */
const longestSession = 3600;

/** Seconds of a session that are left when it is replaced: far longer than any request. */
const refreshedBefore = 600;

/** Milliseconds, of all attempts together. No request's own deadline ends the call, because others wait for it too. */
const longestCall = 5000;

/** STS's limit on a session's name, in characters. */
const longestName = 64;

/** The SDK's own name for the end of credentials. */
export type ReadCredentials = SessionCredentials & { readonly expiration: Date };

interface ReadRoleSettings {
  readonly names: RoleNames;
  /** The same in every account. */
  readonly roleName: string;
  readonly externalId: string;
  readonly clock: () => Date;
}

/**
 * The credentials of each account's read role, which serve all its regions. They only describe, so requests share them:
 * they are assumed once, by one call however many need them, and again ten minutes before they expire. A failure is not
 * remembered. Each rejects with Problem of `awsProblem`.
 */
export function readRoles(
  sts: STSClient,
  { names, roleName, externalId, clock }: ReadRoleSettings,
): (accountId: string) => () => Promise<ReadCredentials> {
  const known = new Map<string, { readonly until: Date; readonly credentials: Promise<ReadCredentials> }>();
  const assume = async (accountId: string, expiration: Date) => {
    const input = {
      RoleArn: roleArn(names, accountId, roleName),
      RoleSessionName: names.stackName.slice(0, longestName),
      ExternalId: externalId,
      DurationSeconds: longestSession,
    };
    return { ...(await assumeRole(sts, input, AbortSignal.timeout(longestCall))), expiration };
  };
  return (accountId) => () => {
    const now = clock();
    const found = known.get(accountId);
    if (found && now < found.until) return found.credentials;
    const expiration = secondsAfter(now, longestSession);
    const credentials = assume(accountId, expiration);
    const one = { until: secondsAfter(expiration, -refreshedBefore), credentials };
    known.set(accountId, one);
    credentials.catch(() => known.get(accountId) === one && known.delete(accountId));
    return credentials;
  };
}
