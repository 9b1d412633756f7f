import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { hostKeyStore } from "../aws/dynamodb/host-key-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { consoleReader } from "../aws/ec2/console-output.ts";
import { startReader } from "../aws/ec2/instance-starts.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { workerContext } from "../shared/request-context.ts";
import { captureRoleName } from "../shared/target-roles.ts";
import { perTarget } from "../targets/per-target.ts";
import { type CaptureBatchPorts, captureBatch } from "../workers/capture-batch.ts";
import { logWorker } from "../workers/worker-log.ts";

const environment = environments.capture.parse(process.env);
const { TABLE_NAME, AWS_REGION: region, LAMBDA_TASK_ROOT } = environment;
const { targets } = readFunctionSettings("capture", LAMBDA_TASK_ROOT);
const { known, locate, targetEc2 } = awsTargets(environment, targets, undefined, captureRoleName);

const ports: CaptureBatchPorts = {
  locate,
  bootsIn: perTarget(known.own, (target) => ({
    ...consoleReader(targetEc2(target)),
    ...startReader(targetEc2(target)),
  })),
  hostKeys: hostKeyStore(tableOf({ region }, TABLE_NAME)),
};

/** Captures the host keys that the consoles of started instances show. The start events come through a queue. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { batchItemFailures, outcomes, counts, failures } = await captureBatch(ports, Records, workerContext(context));
  logWorker("capture", { requestId: context.awsRequestId, outcomes }, counts, failures);
  return { batchItemFailures };
}
