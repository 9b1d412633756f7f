import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { NotPushed } from "../connect/not-pushed.ts";
import type { ProblemCode } from "../contract/problem.ts";
import { Problem } from "../http/problem.ts";
import { clientSettings } from "./client-settings.ts";
import { awsProblem } from "./faults.ts";
import type { SessionCredentials } from "./push-role.ts";

export interface Push {
  readonly instanceId: string;
  readonly osUser: string;
  /** Exactly `<algorithm> <base64>`. */
  readonly keyLine: string;
  /** No attempt starts later. */
  readonly pushBy: Date;
}

export interface Pushed {
  /** When the attempt that succeeded began: the key's sixty seconds count from no earlier. */
  readonly startedAt: Date;
  /** AWS's own id of the call: what joins our trail, CloudTrail and the host's log. */
  readonly awsRequestId: string | undefined;
}

/** What the service's own errors mean to the caller. Whatever is not here is a fault of AWS's or of ours. */
const meanings: Readonly<Record<string, ProblemCode>> = {
  EC2InstanceNotFoundException: "instance-not-found",
  EC2InstanceStateInvalidException: "instance-not-running",
  EC2InstanceTypeInvalidException: "no-route-to-instance",
  EC2InstanceUnavailableException: "upstream-unavailable",
  // Instance and user have been checked by the service model's own rules: what is left to refuse is the key.
  InvalidArgsException: "key-rejected",
};

/**
 * Pushes a key, with one layer of retries.
 *
 * @throws Problem by `meanings`; `upstream-failure` unless the service says in so many words that it succeeded;
 *   `deadline-exceeded` where an attempt would start after `pushBy`: `NotPushed`, if it is the first.
 */
export async function pushKey(
  credentials: SessionCredentials,
  { instanceId, osUser, keyLine, pushBy }: Push,
  clock: () => Date,
  signal: AbortSignal,
): Promise<Pushed> {
  const client = new EC2InstanceConnectClient({ ...clientSettings, credentials });
  let startedAt: Date | undefined;
  // Behind the SDK's retries, where each attempt is seen to begin.
  client.middlewareStack.add(
    (next) => async (request) => {
      const now = clock();
      if (now > pushBy) throw startedAt ? new Problem("deadline-exceeded") : new NotPushed();
      startedAt = now;
      return next(request);
    },
    { name: "attemptStart", step: "finalizeRequest", priority: "low" },
  );
  try {
    const command = new SendSSHPublicKeyCommand({
      InstanceId: instanceId,
      InstanceOSUser: osUser,
      SSHPublicKey: keyLine,
    });
    const { Success, RequestId } = await client.send(command, { abortSignal: signal });
    if (Success !== true || !startedAt)
      throw new Problem("upstream-failure", { cause: new Error("The push did not answer Success") });
    return { startedAt, awsRequestId: RequestId };
  } catch (error) {
    throw awsProblem(error, signal, meanings);
  }
}
