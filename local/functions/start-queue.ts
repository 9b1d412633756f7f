import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { startQueue } from "../../lib/start-queue.ts";
import { account, region } from "../shared/account.ts";

/** Waits before unfinished messages are redelivered. */
export type Wait = (signal: AbortSignal) => Promise<unknown>;

const visibilityTimeout: Wait = (signal) =>
  setTimeout(startQueue.visibilityTimeout * 1000, undefined, { signal, ref: false });

/** Immediate deliveries: on a busy machine the first may time out, and a caller is waiting for it. */
const promptDeliveries = 3;

/** Stand-in for SQS and Lambda's poller. It delivers at once, because a boot takes no time here. */
export class StartQueue {
  readonly #capture: (event: SQSEvent) => Promise<unknown>;
  readonly #wait: Wait;
  readonly #stopping = new AbortController();

  constructor(capture: (event: SQSEvent) => Promise<unknown>, wait: Wait = visibilityTimeout) {
    this.#capture = capture;
    this.#wait = wait;
  }

  /** Resolves when each message is done or was delivered three times. Unfinished ones are redelivered later. */
  async send(bodies: readonly string[]): Promise<void> {
    const messages = bodies.map(messageOf);
    const batches: SQSRecord[][] = [];
    while (messages.length > 0) batches.push(messages.splice(0, startQueue.batchSize));
    await Promise.all(batches.map((batch) => this.#receive(batch, 1)));
  }

  /** Stops delivering. */
  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  async #receive(batch: readonly SQSRecord[], count: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (count > startQueue.maxReceiveCount) {
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
      return (await this.#capture({ Records: [...batch] })) as SQSBatchResponse;
    } catch (error) {
      if (!this.#stopping.signal.aborted) console.error("The capture failed and will be retried:", error);
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
function messageOf(body: string): SQSRecord {
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
    eventSourceARN: `arn:aws:sqs:${region}:${account}:latchkey-starts`,
    awsRegion: region,
  };
}
