import {
  EC2InstanceConnectClient,
  SendSerialConsoleSSHPublicKeyCommand,
  SendSSHPublicKeyCommand,
} from "@aws-sdk/client-ec2-instance-connect";
import type { Connection } from "../../../contract/connection.ts";
import { NotPushed } from "../../connect/not-pushed.ts";
import { Problem } from "../../shared/problem.ts";
import { clientSettings } from "../client-settings.ts";
import { awsProblem, type Meanings } from "../faults.ts";
import type { SessionCredentials } from "../sts/push-role.ts";

export interface Push {
  readonly instanceId: string;
  /** For `serial` it counts for nothing: the console's user follows from the instance's id. */
  readonly osUser: string;
  /** `serial` pushes to the instance's serial console, any other to its sshd. */
  readonly connectionType: Connection["connectionType"];
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
const meanings: Meanings = {
  EC2InstanceNotFoundException: "instance-not-found",
  EC2InstanceStateInvalidException: "instance-not-running",
  EC2InstanceTypeInvalidException: "no-route-to-instance",
  EC2InstanceUnavailableException: "upstream-unavailable",
  // Instance and user have been checked by the service model's own rules: what is left to refuse is the key.
  InvalidArgsException: "key-rejected",
};

const noConsole = (detail: string) => ({ code: "no-route-to-instance", detail }) as const;

/** The same of a push to a serial console. */
const serialMeanings: Meanings = {
  ...meanings,
  EC2InstanceTypeInvalidException: noConsole("Only instances of Nitro types have a serial console."),
  SerialConsoleAccessDisabledException: noConsole("The AWS account has its serial consoles switched off."),
  // No 503, whose callers come again within seconds: whoever is there may stay for hours.
  SerialConsoleSessionLimitExceededException: noConsole(
    "Somebody is connected to the serial console, which takes one at a time. Ask again when they are gone.",
  ),
  SerialConsoleSessionUnavailableException: "upstream-unavailable",
  SerialConsoleSessionUnsupportedException: noConsole(
    "The instance has to be rebooted before its serial console works.",
  ),
};

/**
 * Pushes a key, with one layer of retries.
 *
 * @throws Problem by `meanings`, or `serialMeanings`; `upstream-failure` unless the service says in so many words that it
 *   succeeded; `deadline-exceeded` where an attempt would start after `pushBy`: `NotPushed`, if it is the first.
 */
export async function pushKey(
  credentials: SessionCredentials,
  push: Push,
  clock: () => Date,
  signal: AbortSignal,
): Promise<Pushed> {
  const client = new EC2InstanceConnectClient({ ...clientSettings, credentials });
  let startedAt: Date | undefined;
  // Behind the SDK's retries, where each attempt is seen to begin.
  client.middlewareStack.add(
    (next) => async (request) => {
      const now = clock();
      if (now > push.pushBy) throw startedAt ? new Problem("deadline-exceeded") : new NotPushed();
      startedAt = now;
      return next(request);
    },
    { name: "attemptStart", step: "finalizeRequest", priority: "low" },
  );
  const { send, known } =
    push.connectionType === "serial"
      ? { send: sendToConsole, known: serialMeanings }
      : { send: sendToInstance, known: meanings };
  try {
    const { Success, RequestId } = await send(client, push, signal);
    if (Success !== true || !startedAt)
      throw new Problem("upstream-failure", { cause: new Error("The push did not answer Success") });
    return { startedAt, awsRequestId: RequestId };
  } catch (error) {
    throw awsProblem(error, signal, known);
  }
}

function sendToInstance(client: EC2InstanceConnectClient, { instanceId, osUser, keyLine }: Push, signal: AbortSignal) {
  const command = new SendSSHPublicKeyCommand({
    InstanceId: instanceId,
    InstanceOSUser: osUser,
    SSHPublicKey: keyLine,
  });
  return client.send(command, { abortSignal: signal });
}

/** To the one serial port that there is. */
function sendToConsole(client: EC2InstanceConnectClient, { instanceId, keyLine }: Push, signal: AbortSignal) {
  const command = new SendSerialConsoleSSHPublicKeyCommand({
    InstanceId: instanceId,
    SerialPort: 0,
    SSHPublicKey: keyLine,
  });
  return client.send(command, { abortSignal: signal });
}
