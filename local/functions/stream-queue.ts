import { setTimeout } from "node:timers/promises";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { projectedKeyPrefixes, streamBatchSize } from "../../lib/stream-filter.ts";

/** Waits before a batch is retried. @param failures how often it has failed so far. */
export type Pause = (failures: number, signal: AbortSignal) => Promise<unknown>;

/** Milliseconds, doubled each time. The timer keeps nothing running. */
const shortestPause = 100;
const longestPause = 5000;
const pauseLonger: Pause = (failures, signal) =>
  setTimeout(Math.min(shortestPause * 2 ** (failures - 1), longestPause), undefined, { signal, ref: false });

/**
 * Stand-in for Lambda's poller of the stream: delivers records that pass the filter to the projector, in order, batch by batch. A
 * failed batch is retried from its first failed record until it succeeds.
 */
export class StreamQueue {
  readonly #project: (event: DynamoDBStreamEvent) => Promise<unknown>;
  readonly #pause: Pause;
  readonly #waiting: DynamoDBRecord[] = [];
  readonly #stopping = new AbortController();
  #draining = Promise.resolve();
  #isDraining = false;

  constructor(project: (event: DynamoDBStreamEvent) => Promise<unknown>, pause: Pause = pauseLonger) {
    this.#project = project;
    this.#pause = pause;
  }

  add(record: DynamoDBRecord): void {
    const pk = record.dynamodb?.Keys?.["pk"]?.S ?? "";
    if (this.#stopping.signal.aborted || !projectedKeyPrefixes.some((prefix) => pk.startsWith(prefix))) return;
    this.#waiting.push(record);
    if (!this.#isDraining) this.#draining = this.#drain();
  }

  /** Resolves when every record has been projected. */
  async settled(): Promise<void> {
    while (this.#isDraining) await this.#draining;
  }

  /** Starts no further attempt. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.length = 0;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    const { signal } = this.#stopping;
    let failures = 0;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, streamBatchSize);
      const done = await this.#attempt(batch);
      this.#waiting.splice(0, done);
      if (done === batch.length) {
        failures = 0;
        continue;
      }
      failures = done > 0 ? 1 : failures + 1;
      await this.#pause(failures, signal).catch(() => {});
    }
    this.#isDraining = false;
  }

  /** How many of a batch's first records are done. */
  async #attempt(batch: readonly DynamoDBRecord[]): Promise<number> {
    try {
      const response = await this.#project({ Records: [...batch] });
      return doneOf(batch, response as DynamoDBBatchResponse | null | undefined);
    } catch (error) {
      if (!this.#stopping.signal.aborted) console.error("The projector failed and will be retried:", error);
      return 0;
    }
  }
}

/**
 * Counts up to the first failed record. A failure that names no record of the batch fails all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
function doneOf(batch: readonly DynamoDBRecord[], response: DynamoDBBatchResponse | null | undefined): number {
  const places = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(batch.length, ...places));
}
