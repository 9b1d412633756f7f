import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { ec2Client } from "../aws/ec2/client.ts";
import { consoleReader } from "../aws/ec2/console-output.ts";
import { startReader } from "../aws/ec2/instance-starts.ts";
import type { CapturePorts } from "../host-keys/capture.ts";
import { environments } from "../shared/environment.ts";
import { workerContext } from "../shared/request-context.ts";
import { captureBatch } from "../workers/capture-batch.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, AWS_REGION: region } = environments.capture.parse(process.env);
const ec2 = ec2Client({ region });

const ports: CapturePorts = {
  boots: { ...consoleReader(ec2), ...startReader(ec2) },
  hostKeys: hostKeyStore(tableOf({ region }, TABLE_NAME)),
};

/** Captures the host keys that the consoles of started instances show. The start events come through a queue. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { batchItemFailures, outcomes, counts, failures } = await captureBatch(ports, Records, workerContext(context));
  logWorker("capture", { requestId: context.awsRequestId, outcomes }, counts, failures);
  return { batchItemFailures };
}
