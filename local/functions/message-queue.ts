import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { account, region } from "../shared/account.ts";

/** Waits before unfinished messages are redelivered. */
export type Wait = (signal: AbortSignal) => Promise<unknown>;

/** How a queue of the stack delivers to its function, and its name. */
export interface Delivery {
  readonly name: string;
  /** Seconds. */
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  readonly batchSize: number;
}

/** Immediate deliveries: on a busy machine the first may time out, and a caller is waiting for it. */
const promptDeliveries = 3;

/** Stand-in for SQS and Lambda's poller. It delivers at once, because nothing takes time here. */
export class MessageQueue {
  readonly #invoke: (event: SQSEvent) => Promise<unknown>;
  readonly #delivery: Delivery;
  readonly #wait: Wait;
  readonly #stopping = new AbortController();
  readonly #sent = new Set<Promise<void>>();

  constructor(invoke: (event: SQSEvent) => Promise<unknown>, delivery: Delivery, wait?: Wait) {
    this.#invoke = invoke;
    this.#delivery = delivery;
    const timeout = delivery.visibilityTimeout * 1000;
    this.#wait = wait ?? ((signal) => setTimeout(timeout, undefined, { signal, ref: false }));
  }

  /** Resolves when each message is done or was delivered three times. Unfinished ones are redelivered later. */
  async send(bodies: readonly string[]): Promise<void> {
    const messages = bodies.map((body) => messageOf(body, this.#delivery.name));
    const batches: SQSRecord[][] = [];
    while (messages.length > 0) batches.push(messages.splice(0, this.#delivery.batchSize));
    const delivered = Promise.all(batches.map((batch) => this.#receive(batch, 1))).then(() => {});
    this.#sent.add(delivered);
    await delivered;
    this.#sent.delete(delivered);
  }

  /** Resolves when that is so of every message, also of those that were sent meanwhile. */
  async settled(): Promise<void> {
    while (this.#sent.size > 0) await Promise.all(this.#sent);
  }

  /** Stops delivering. */
  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  async #receive(batch: readonly SQSRecord[], count: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (count > this.#delivery.maxReceiveCount) {
      return console.error(`Giving up on messages: ${batch.map(({ body }) => body).join()}`);
    }
    const received = batch.map((message) => receivedFor(message, count));
    const left = leftOf(received, await this.#attempt(received));
    if (left.length === 0) return;
    if (count < promptDeliveries) await this.#receive(left, count + 1);
    else void this.#receiveAgain(left, count + 1);
  }

  async #receiveAgain(batch: readonly SQSRecord[], count: number): Promise<void> {
    await this.#wait(this.#stopping.signal).catch(() => {});
    await this.#receive(batch, count);
  }

  /** If the function fails, none of its messages are done. */
  async #attempt(batch: readonly SQSRecord[]): Promise<SQSBatchResponse> {
    try {
      return (await this.#invoke({ Records: [...batch] })) as SQSBatchResponse;
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        console.error(`Messages of ${this.#delivery.name} failed and will be redelivered:`, error);
      return { batchItemFailures: batch.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
  }
}

function leftOf(batch: readonly SQSRecord[], { batchItemFailures }: SQSBatchResponse): readonly SQSRecord[] {
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return batch.filter(({ messageId }) => failed.has(messageId));
}

function receivedFor(message: SQSRecord, count: number): SQSRecord {
  return { ...message, attributes: { ...message.attributes, ApproximateReceiveCount: String(count) } };
}

/** The real clock, which the function uses too. */
function messageOf(body: string, name: string): SQSRecord {
  const sentAt = String(Date.now());
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: "0",
      SentTimestamp: sentAt,
      SenderId: "events.amazonaws.com",
      ApproximateFirstReceiveTimestamp: sentAt,
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:${region}:${account}:${name}`,
    awsRegion: region,
  };
}
