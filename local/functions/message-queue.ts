import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Queue, queueArn } from "../aws/sqs.ts";
import { region } from "../shared/account.ts";

/** Waits until messages come again. @param seconds after which SQS would bring them */
export type Wait = (seconds: number, signal: AbortSignal) => Promise<unknown>;

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

const inRealTime: Wait = (seconds, signal) => setTimeout(seconds * 1000, undefined, { signal, ref: false });

/** Stand-in for SQS and Lambda's poller. It delivers at once, because nothing takes time here. */
export class MessageQueue implements Queue {
  /** The bodies of messages that were given up. */
  readonly deadLetters: string[] = [];
  readonly #invoke: (event: SQSEvent) => Promise<unknown>;
  readonly #delivery: Delivery;
  readonly #wait: Wait;
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();
  /** By the receipt handles of the messages that are being processed: after how many seconds each shall come again. */
  readonly #inFlight = new Map<string, number | undefined>();

  constructor(invoke: (event: SQSEvent) => Promise<unknown>, delivery: Delivery, wait: Wait = inRealTime) {
    this.#invoke = invoke;
    this.#delivery = delivery;
    this.#wait = wait;
  }

  /** Resolves when each message is done, put off, or was delivered three times. Unfinished ones are redelivered later. */
  async send(bodies: readonly string[]): Promise<void> {
    const messages = bodies.map((body) => messageOf(body, this.#delivery.name));
    const batches: SQSRecord[][] = [];
    while (messages.length > 0) batches.push(messages.splice(0, this.#delivery.batchSize));
    await this.#work(Promise.all(batches.map((batch) => this.#receive(batch, 1))).then(() => {}));
  }

  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const isInFlight = this.#inFlight.has(receiptHandle);
    if (isInFlight) this.#inFlight.set(receiptHandle, seconds);
    return isInFlight;
  }

  /** Resolves when that is so of every message, also of those that were sent or came again meanwhile. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  /** Stops delivering. */
  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  async #work(work: Promise<void>): Promise<void> {
    this.#working.add(work);
    await work;
    this.#working.delete(work);
  }

  async #receive(batch: readonly SQSRecord[], count: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (count > this.#delivery.maxReceiveCount) {
      this.deadLetters.push(...batch.map(({ body }) => body));
      return console.error(`Giving up on messages: ${batch.map(({ body }) => body).join()}`);
    }
    const received = batch.map((message) => receivedFor(message, count));
    for (const { receiptHandle } of received) this.#inFlight.set(receiptHandle, undefined);
    const left = leftOf(received, await this.#attempt(received));
    const putOff = Map.groupBy(left, ({ receiptHandle }) => this.#inFlight.get(receiptHandle));
    for (const { receiptHandle } of received) this.#inFlight.delete(receiptHandle);
    for (const [seconds, messages] of putOff) {
      if (seconds !== undefined) void this.#receiveAfter(seconds, messages, count + 1);
      else if (count < promptDeliveries) await this.#receive(messages, count + 1);
      else void this.#receiveAfter(this.#delivery.visibilityTimeout, messages, count + 1);
    }
  }

  async #receiveAfter(seconds: number, batch: readonly SQSRecord[], count: number): Promise<void> {
    await this.#wait(seconds, this.#stopping.signal).catch(() => {});
    await this.#work(this.#receive(batch, count));
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
  const attributes = { ...message.attributes, ApproximateReceiveCount: String(count) };
  return { ...message, receiptHandle: randomUUID(), attributes };
}

/** The real clock, which the function uses too. */
function messageOf(body: string, name: string): SQSRecord {
  const sentAt = String(Date.now());
  return {
    messageId: randomUUID(),
    receiptHandle: "",
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
    eventSourceARN: queueArn(name),
    awsRegion: region,
  };
}
