import { AssumeRoleCommand, type AssumeRoleCommandInput, type STSClient } from "@aws-sdk/client-sts";
import type { SessionCredentials } from "../../connect/ports.ts";
import { awsProblem } from "../faults.ts";

/** The credentials of a role's session. Rejects with Problem of `awsProblem`. */
export async function assumeRole(
  sts: STSClient,
  input: AssumeRoleCommandInput,
  signal: AbortSignal,
): Promise<SessionCredentials> {
  try {
    const { Credentials } = await sts.send(new AssumeRoleCommand(input), { abortSignal: signal });
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error("STS returned no credentials");
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
