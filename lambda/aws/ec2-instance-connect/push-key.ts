import {
  EC2InstanceConnectClient,
  SendSerialConsoleSSHPublicKeyCommand,
  SendSSHPublicKeyCommand,
} from "@aws-sdk/client-ec2-instance-connect";
import { type KeyPusher, NotPushed, type Push } from "../../connect/ports.ts";
import { Problem } from "../../shared/problem.ts";
import { clientSettings } from "../clients.ts";
import { type CallOptions, callDirectly } from "../direct-calls.ts";
import { awsProblem, type Meanings } from "../faults.ts";
import { presignTunnelUrl } from "./tunnel-url.ts";

/** What the service's own errors mean to the caller. Any other error is a fault of AWS or Latchkey. */
const meanings: Meanings = {
  EC2InstanceNotFoundException: "instance-not-found",
  EC2InstanceStateInvalidException: "instance-not-running",
  EC2InstanceTypeInvalidException: "no-route-to-instance",
  EC2InstanceUnavailableException: "upstream-unavailable",
  // Instance id and user have been checked by the rules of the service model: only the key is left to reject.
  InvalidArgsException: "key-rejected",
};

const noConsole = (detail: string) => ({ code: "no-route-to-instance", detail }) as const;

/** The same for a push to a serial console. */
const serialMeanings: Meanings = {
  ...meanings,
  EC2InstanceTypeInvalidException: noConsole("Only instances of Nitro types have a serial console."),
  SerialConsoleAccessDisabledException: noConsole("Serial console access is disabled in the AWS account."),
  // Not a 503, which clients retry within seconds: the session may last for hours.
  SerialConsoleSessionLimitExceededException: noConsole(
    "Someone else is connected to the serial console, which allows one session at a time. Try again later.",
  ),
  SerialConsoleSessionUnavailableException: "upstream-unavailable",
  SerialConsoleSessionUnsupportedException: noConsole("Reboot the instance to use its serial console."),
};

/**
 * EC2 Instance Connect in a region. A push has one layer of retries, and its own credentials.
 *
 * A push rejects with Problem by `meanings`, or `serialMeanings`; `upstream-failure` unless the service says explicitly that
 * it succeeded; `deadline-exceeded` if an attempt would start after `pushBy`: `NotPushed`, if it is the first.
 */
export function keyPusher(region: string, clock: () => Date): KeyPusher {
  const client = callDirectly(new EC2InstanceConnectClient(clientSettings({ region })));
  return {
    presignTunnelUrl: async (credentials, request, now) => presignTunnelUrl({ region, credentials }, request, now),
    async pushKey(credentials, push, signal) {
      let startedAt: Date | undefined;
      const beforeAttempt = () => {
        const now = clock();
        if (now > push.pushBy) throw startedAt ? new Problem("deadline-exceeded") : new NotPushed();
        startedAt = now;
      };
      const { send, known } =
        push.connectionType === "serial"
          ? { send: sendToConsole, known: serialMeanings }
          : { send: sendToInstance, known: meanings };
      try {
        const { Success, RequestId } = await send(client, push, { credentials, beforeAttempt, abortSignal: signal });
        if (Success !== true || !startedAt)
          throw new Problem("upstream-failure", { cause: new Error("The response did not say Success") });
        return { startedAt, awsRequestId: RequestId };
      } catch (error) {
        throw awsProblem(error, signal, known);
      }
    },
  };
}

function sendToInstance(client: EC2InstanceConnectClient, { instanceId, osUser, keyLine }: Push, options: CallOptions) {
  const command = new SendSSHPublicKeyCommand({
    InstanceId: instanceId,
    InstanceOSUser: osUser,
    SSHPublicKey: keyLine,
  });
  return client.send(command, options);
}

/** An instance has one serial port, 0. */
function sendToConsole(client: EC2InstanceConnectClient, { instanceId, keyLine }: Push, options: CallOptions) {
  const command = new SendSerialConsoleSSHPublicKeyCommand({
    InstanceId: instanceId,
    SerialPort: 0,
    SSHPublicKey: keyLine,
  });
  return client.send(command, options);
}
