import { type EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import type { BootReader, ConsoleOutput } from "../../host-keys/capture.ts";
import { awsProblem } from "../faults.ts";

/**
 * EC2's errors if it has only buffered output: the first if the instance's type is not Nitro, the second if it is no longer
 * running.
 */
const onlyBuffered = ["UnsupportedOperation", "IncorrectInstanceState"];

/**
 * Reads the last 64 KB of a console: as they are now if the instance's type allows, else as EC2 read them some minutes after
 * the start. Rejects with Problem of `awsProblem`.
 */
export function consoleReader(ec2: EC2Client): Pick<BootReader, "readConsole"> {
  const getOutput = async (instanceId: string, latest: boolean, signal: AbortSignal): Promise<ConsoleOutput> => {
    const command = new GetConsoleOutputCommand({ InstanceId: instanceId, ...(latest && { Latest: true }) });
    const { Output = "", Timestamp } = await ec2.send(command, { abortSignal: signal });
    return { text: Buffer.from(Output, "base64").toString("latin1"), updatedAt: Timestamp };
  };
  return {
    async readConsole(instanceId, signal) {
      try {
        return await getOutput(instanceId, true, signal).catch((error: unknown) => {
          if (error instanceof Error && onlyBuffered.includes(error.name)) return getOutput(instanceId, false, signal);
          throw error;
        });
      } catch (error) {
        if (error instanceof Error && error.name === "InvalidInstanceID.NotFound") return undefined;
        throw awsProblem(error, signal);
      }
    },
  };
}
