import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { readConsole } from "../aws/ec2/console-output.ts";
import { readInstanceStarts } from "../aws/ec2/instance-starts.ts";
import type { CapturePorts } from "../host-keys/capture.ts";
import { deadlineOf } from "../shared/deadline.ts";
import { environments } from "../shared/environment.ts";
import { captureBatch } from "../workers/capture-batch.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME } = environments.capture.parse(process.env);

const ports: CapturePorts = {
  clock: () => new Date(),
  readConsole,
  readStarts: readInstanceStarts,
  hostKeys: hostKeyStore(tableOf(TABLE_NAME)),
};

/** Instances that have come to run, by way of a queue: what their consoles show of host keys is written down. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const requestId = context.awsRequestId;
  const { signal } = deadlineOf(context);
  const { batchItemFailures, outcomes, counts, faults } = await captureBatch(ports, Records, requestId, signal);
  logWorker("capture", { requestId, outcomes }, counts, faults);
  return { batchItemFailures };
}
