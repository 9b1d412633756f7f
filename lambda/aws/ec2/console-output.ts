import { GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import type { ConsoleOutput } from "../../host-keys/capture.ts";
import { awsProblem } from "../faults.ts";
import { ec2 } from "./instances.ts";

/**
 * How EC2 says that it has no more than what it took off the console after the last start or stop: the first where the
 * instance's type is not of Nitro, the second where the instance does not run any more.
 */
const onlyBuffered = ["UnsupportedOperation", "IncorrectInstanceState"];

/**
 * What an instance's console shows: the last 64 KB, as they are now where the instance's type allows, else as EC2 took them off
 * some minutes after the start.
 *
 * @returns undefined where there is no such instance in this account and region.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function readConsole(instanceId: string, signal: AbortSignal): Promise<ConsoleOutput | undefined> {
  try {
    return await getOutput(instanceId, true, signal).catch((error: unknown) => {
      if (error instanceof Error && onlyBuffered.includes(error.name)) return getOutput(instanceId, false, signal);
      throw error;
    });
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidInstanceID.NotFound") return undefined;
    throw awsProblem(error, signal);
  }
}

async function getOutput(instanceId: string, latest: boolean, signal: AbortSignal): Promise<ConsoleOutput> {
  const command = new GetConsoleOutputCommand({ InstanceId: instanceId, ...(latest && { Latest: true }) });
  const { Output = "", Timestamp } = await ec2.send(command, { abortSignal: signal });
  return { text: Buffer.from(Output, "base64").toString("latin1"), updatedAt: Timestamp };
}
