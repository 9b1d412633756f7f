import type { WebhookQueue } from "../../webhooks/ports.ts";
import { awsProblem } from "../faults.ts";
import type { JsonCall } from "../json-calls.ts";

/** The URLs of a subscription's queue, and of its dead-letter queue. */
export interface QueueUrls {
  readonly queue: string;
  readonly failures: string;
}

/** The queues of all subscriptions, by the subscriptions' names. */
export function webhookQueues(call: JsonCall, urls: Readonly<Record<string, QueueUrls>>) {
  const send = async (operation: string, input: object, signal: AbortSignal) => {
    await call("sqs", operation, input, signal).catch((error: unknown) => {
      throw awsProblem(error, signal);
    });
  };
  return {
    /** The name of the subscription that a queue is of, if there is one. */
    nameOf(queueArn: string): string | undefined {
      const queueName = queueArn.split(":").at(-1);
      return Object.keys(urls).find((name) => urls[name]?.queue.split("/").at(-1) === queueName);
    },
    /** @throws Error if the subscription is unknown. */
    queueOf(name: string): WebhookQueue {
      const own = Object.hasOwn(urls, name) ? urls[name] : undefined;
      if (!own) throw new Error("The subscription has no queue");
      return {
        hide: (ReceiptHandle, VisibilityTimeout, signal) =>
          send("ChangeMessageVisibility", { QueueUrl: own.queue, ReceiptHandle, VisibilityTimeout }, signal),
        bury: (MessageBody, why, signal) =>
          send(
            "SendMessage",
            {
              QueueUrl: own.failures,
              MessageBody,
              MessageAttributes: { why: { DataType: "String", StringValue: why } },
            },
            signal,
          ),
      };
    },
  };
}
