import { randomUUID } from "node:crypto";
import { epochSeconds } from "../shared/time.ts";

/** What is known of a request with an Idempotency-Key. Neither the key nor the caller nor the body is in it. */
export interface IdempotencyRecord {
  /**
   * `running` while somebody works on it, `done` once that is over, `released` where it came to nothing and the next request
   * begins anew.
   */
  readonly status: "running" | "done" | "released";
  /** Of the body that the key came with: no other may come with it. */
  readonly fingerprint: string;
  /** Names the run that holds the key, or held it last. That one alone may end it. */
  readonly claim: string;
  /** Names what the request makes. It is fixed before anything is made, so that whoever goes on makes no second one. */
  readonly resultId: string;
  /** ISO 8601. A run that has not ended by then never will: its function is gone. */
  readonly lockedUntil: string;
  /** What is kept of the last response, as JSON. */
  readonly response?: string | undefined;
  /** Epoch seconds: DynamoDB deletes it some time later, and until then it counts as absent. */
  readonly deleteAt: number;
}

/**
 * Milliseconds from the end of a request's calls until another may take its key over: the function itself ends two seconds
 * after them, and clocks differ.
 */
const lockMargin = 5000;

/** Seconds that a record counts for. */
const recordLife = 24 * 60 * 60;

/** The record of a run that begins now. @param deadline when its calls end. */
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

/** What a request finds, by its key. */
export type Standing =
  /** No record, or one whose day is over. */
  | "absent"
  /** The key belongs to another body. */
  | "mismatch"
  /** Somebody works on it. */
  | "running"
  /** There is an response. */
  | "answered"
  /** The last run came to nothing. */
  | "released"
  /** The last run was cut off or failed, nobody knows where. */
  | "cut-off";

export function standingOf(record: IdempotencyRecord | undefined, fingerprint: string, now: Date): Standing {
  if (!record || record.deleteAt <= epochSeconds(now)) return "absent";
  if (record.fingerprint !== fingerprint) return "mismatch";
  if (record.status === "released") return "released";
  if (record.status === "running" && new Date(record.lockedUntil) > now) return "running";
  return record.response === undefined ? "cut-off" : "answered";
}
