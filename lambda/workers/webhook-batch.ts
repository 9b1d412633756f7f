import type { SQSBatchItemFailure, SQSRecord } from "aws-lambda";
import type { RequestContext } from "../shared/request-context.ts";
import { type Delivery, deliver } from "../webhooks/deliver.ts";
import type { Subscription, WebhookPorts } from "../webhooks/ports.ts";
import { settle } from "./settle.ts";
import { type Failure, failureOf, type WebhookCounts } from "./worker-log.ts";

/** Seconds after which an event that is not delivered is late: the quick attempts have failed. */
const lateAfter = 60 * 60;

export interface WebhookBatchPorts extends WebhookPorts {
  /** The subscription that a queue is of. @throws Error if there is none. */
  subscriptionOf(queueArn: string): Subscription;
}

export interface WebhookReport {
  /** The messages that stay in the queue. */
  readonly batchItemFailures: SQSBatchItemFailure[];
  readonly outcomes: readonly (Delivery & { readonly messageId: string; readonly subscription: string })[];
  readonly counts: WebhookCounts;
  readonly failures: readonly Failure[];
}

/** Delivers the events of a batch, all at the same time. What is neither delivered nor buried stays in its queue. */
export async function webhookBatch(
  ports: WebhookBatchPorts,
  records: readonly SQSRecord[],
  context: RequestContext,
): Promise<WebhookReport> {
  const settled = await settle(records, async (record) => {
    const subscription = ports.subscriptionOf(record.eventSourceARN);
    const { body, receiptHandle, attributes, messageId } = record;
    const message = { body, receiptHandle, sentAt: new Date(Number(attributes.SentTimestamp)) };
    return { messageId, subscription: subscription.name, ...(await deliver(ports, subscription, message, context)) };
  });
  const outcomes = settled.flatMap(({ value }) => (value ? [value] : []));
  const staying = settled.filter(({ value }) => value?.outcome !== "delivered" && value?.outcome !== "buried");
  const count = (outcome: Delivery["outcome"]) => outcomes.filter((each) => each.outcome === outcome).length;
  return {
    batchItemFailures: staying.map(({ item }) => ({ itemIdentifier: item.messageId })),
    outcomes,
    counts: {
      WebhooksDelivered: count("delivered"),
      WebhooksFailed: count("failed"),
      WebhooksLate: outcomes.filter((each) => each.outcome === "failed" && each.age >= lateAfter).length,
      WebhooksBuried: count("buried"),
    },
    failures: settled.flatMap(({ item, error }) =>
      error === undefined ? [] : [failureOf("deliver", item.messageId, error)],
    ),
  };
}
