import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { logWorker } from "../audit/worker-log.ts";
import { readConsole } from "../aws/console-output.ts";
import { hostKeyStore } from "../aws/host-key-table.ts";
import { readInstanceStarts } from "../aws/instance-starts.ts";
import { environments } from "../environment.ts";
import type { CapturePorts } from "../host-keys/capture.ts";
import { captureBatch } from "../host-keys/capture-batch.ts";
import { deadlineOf } from "../http/deadline.ts";

const { TABLE_NAME } = environments.capture.parse(process.env);

const ports: CapturePorts = {
  clock: () => new Date(),
  readConsole,
  readStarts: readInstanceStarts,
  hostKeys: hostKeyStore(TABLE_NAME),
};

/** Instances that have come to run, by way of a queue: what their consoles show of host keys is written down. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const requestId = context.awsRequestId;
  const { signal } = deadlineOf(context);
  const { batchItemFailures, outcomes, counts, faults } = await captureBatch(ports, Records, requestId, signal);
  logWorker("capture", { requestId, outcomes }, counts, faults);
  return { batchItemFailures };
}
