import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { webhookTable } from "../aws/dynamodb/webhook-table.ts";
import { jsonCalls } from "../aws/json-calls.ts";
import { secretReader } from "../aws/secrets-manager/secret.ts";
import { webhookQueues } from "../aws/sqs/webhook-queues.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { workerContext } from "../shared/request-context.ts";
import { guardedPost, publicInternet } from "../webhooks/guarded-post.ts";
import { webhookSecrets } from "../webhooks/secrets.ts";
import { type WebhookBatchPorts, webhookBatch } from "../workers/webhook-batch.ts";
import { logWorker } from "../workers/worker-log.ts";

const environment = environments.webhooks.parse(process.env);
const { webhooks } = readFunctionSettings("webhooks", environment.LAMBDA_TASK_ROOT);
const call = jsonCalls(environment.AWS_REGION);
const queues = webhookQueues(call, JSON.parse(environment.WEBHOOK_QUEUES));

/** Milliseconds that a receiver has, as Standard Webhooks recommends: 15 to 30 seconds. */
const patience = 20_000;

const ports: WebhookBatchPorts = {
  subscriptionOf(queueArn) {
    const name = queues.nameOf(queueArn);
    const subscription = webhooks?.subscriptions.find((each) => each.name === name);
    if (!subscription) throw new Error("The queue is of no subscription");
    return subscription;
  },
  queueOf: queues.queueOf,
  gone: webhookTable(call, environment.TABLE_NAME),
  secretsOf: webhookSecrets(secretReader(call, environment.WEBHOOK_SECRET_ARN), () => new Date()),
  post: (url, message, signal) =>
    guardedPost(publicInternet, url, message, AbortSignal.any([signal, AbortSignal.timeout(patience)])),
  holds: new Map(),
};

/** Posts events to the receivers that subscribe to them. Each subscription has a queue of its own. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { batchItemFailures, outcomes, counts, failures } = await webhookBatch(ports, Records, workerContext(context));
  logWorker("webhooks", { requestId: context.awsRequestId, outcomes }, counts, failures);
  return { batchItemFailures };
}
