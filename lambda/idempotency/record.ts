import { randomUUID } from "node:crypto";
import { epochSeconds } from "../shared/time.ts";

/** What is kept about an Idempotency-Key. It contains neither the key nor the caller nor the body. */
export interface IdempotencyRecord {
  /** `released` means that the last run did nothing, and the next request starts again; `unknown`, that newer code wrote it. */
  readonly status: "running" | "done" | "released" | "unknown";
  /** Hash of the body that the key was first used with. */
  readonly fingerprint: string;
  /** Names the last run to hold the key. Only that run may end it. */
  readonly claim: string;
  /** Names what the operation makes. Fixed before anything is made, so that a run that takes over does not make a second one. */
  readonly resultId: string;
  /** ISO 8601. A run that has not ended by then never will: its function has been stopped. */
  readonly lockedUntil: string;
  /** What is kept of the last response, as JSON. */
  readonly response?: string | undefined;
  /** Epoch seconds. DynamoDB deletes the record some time later; from this moment it counts as absent. */
  readonly deleteAt: number;
}

/**
 * Milliseconds from a request's deadline until another request may take over its key. The function itself ends two seconds after
 * the deadline, and clocks differ.
 */
const lockMargin = 5000;

/** Seconds: one day. */
const recordLife = 24 * 60 * 60;

/** The record of a run that starts now. @param deadline of the request. */
export function startRecord(fingerprint: string, deadline: Date, now: Date): IdempotencyRecord {
  return {
    status: "running",
    fingerprint,
    claim: randomUUID(),
    resultId: randomUUID(),
    lockedUntil: new Date(deadline.getTime() + lockMargin).toISOString(),
    deleteAt: epochSeconds(now) + recordLife,
  };
}

/** What a request finds under its key. */
export type Standing =
  /** No record, or one older than a day. */
  | "absent"
  /** The key was used with another body. */
  | "mismatch"
  | "running"
  /** The record has a response. */
  | "answered"
  /** The last run did nothing. */
  | "released"
  /** The last run was interrupted or failed, and nobody knows at which step. */
  | "interrupted";

export function standingOf(record: IdempotencyRecord | undefined, fingerprint: string, now: Date): Standing {
  // A newer version of Latchkey has written it: what it did is unknown, so nothing is done again.
  if (record?.status === "unknown") return "running";
  if (!record || record.deleteAt <= epochSeconds(now)) return "absent";
  if (record.fingerprint !== fingerprint) return "mismatch";
  if (record.status === "released") return "released";
  if (record.status === "running" && new Date(record.lockedUntil) > now) return "running";
  return record.response === undefined ? "interrupted" : "answered";
}

/** Seconds. Most runs end within a second or two, long before their lock does. */
const longestRetryAfter = 5;

/** Whole seconds until it is worth asking again for the response of a run: until its lock ends, within 1 to 5 s. */
export function retryAfter({ lockedUntil }: Pick<IdempotencyRecord, "lockedUntil">, now: Date): number {
  const remaining = Math.ceil((Date.parse(lockedUntil) - now.getTime()) / 1000);
  return Math.min(Math.max(1, remaining), longestRetryAfter);
}
