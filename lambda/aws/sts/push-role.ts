import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { SessionPolicy } from "../../connect/session-policy.ts";
import { clientSettings } from "../client-settings.ts";
import { awsProblem } from "../faults.ts";

const sts = new STSClient(clientSettings);

/** Seconds: STS issues nothing shorter. The session policy ends the session's rights long before. */
const shortestSession = 900;

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Credentials of the push role, narrowed to what one request needs. There is no way to have them un-narrowed.
 *
 * @param sessionName the subject, as session name and as source identity.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function assumePushRole(
  roleArn: string,
  sessionName: string,
  sessionPolicy: SessionPolicy,
  signal: AbortSignal,
): Promise<SessionCredentials> {
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        SourceIdentity: sessionName,
        Policy: sessionPolicy,
        DurationSeconds: shortestSession,
      }),
      { abortSignal: signal },
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error("STS answered without credentials");
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
