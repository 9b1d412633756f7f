import type { STSClient } from "@aws-sdk/client-sts";
import type { PushRole } from "../../connect/ports.ts";
import { assumeRole } from "./assume-role.ts";
import { sessionNameOf } from "./session-name.ts";

/** Seconds: STS issues nothing shorter. The session policy ends the session's rights long before. */
const shortestSession = 900;

/**
 * The push role of a target. It is only assumed under a session policy. The subject is session name and source identity. Rejects
 * with Problem of `awsProblem`.
 *
 * @param externalId undefined if the role requires none.
 */
export function pushRole(sts: STSClient, roleArn: string, externalId?: string): PushRole {
  return {
    assumePushRole(subject, session, signal) {
      const name = sessionNameOf(subject);
      const input = {
        RoleArn: roleArn,
        RoleSessionName: name,
        SourceIdentity: name,
        Policy: session,
        DurationSeconds: shortestSession,
        ...(externalId !== undefined && { ExternalId: externalId }),
      };
      return assumeRole(sts, input, signal);
    },
  };
}
