import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import type { PushRole } from "../../connect/ports.ts";
import { awsProblem } from "../faults.ts";
import { sessionNameOf } from "./session-name.ts";

/** Seconds: STS issues nothing shorter. The session policy ends the session's rights long before. */
const shortestSession = 900;

/**
 * The push role of a target. It is only assumed under a session policy. The subject is session name and source identity. Rejects
 * with Problem of `awsProblem`.
 */
export function pushRole(sts: STSClient, roleArn: string): PushRole {
  return {
    async assumePushRole(subject, session, signal) {
      const name = sessionNameOf(subject);
      const command = new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: name,
        SourceIdentity: name,
        Policy: session,
        DurationSeconds: shortestSession,
      });
      try {
        const { Credentials } = await sts.send(command, { abortSignal: signal });
        const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
        if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error("STS returned no credentials");
        return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      } catch (error) {
        throw awsProblem(error, signal);
      }
    },
  };
}
