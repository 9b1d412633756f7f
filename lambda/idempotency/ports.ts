import type * as z from "zod";
import type { RequestContext } from "../shared/request-context.ts";
import type { IdempotencyRecord } from "./record.ts";

/**
 * Keeps the records. Each write is conditional, and succeeds again if the SDK sends it twice. Each method rejects with a Problem
 * if the table fails.
 */
export interface IdempotencyStore {
  /** A consistent read. */
  read(hash: string, signal: AbortSignal): Promise<IdempotencyRecord | undefined>;
  /** Puts a record unless one is valid at `now`. @returns whether it did. */
  begin(hash: string, record: IdempotencyRecord, now: Date, signal: AbortSignal): Promise<boolean>;
  /** Replaces a record, if it is unchanged since it was read. @returns whether it did. */
  takeOver(hash: string, from: IdempotencyRecord, to: IdempotencyRecord, signal: AbortSignal): Promise<boolean>;
  /** Ends a run, if its claim still holds the key. No deadline cuts it short: something may have been done. */
  end(hash: string, claim: string, outcome: Pick<IdempotencyRecord, "status" | "response">): Promise<void>;
}

/** One run of an operation under an Idempotency-Key. */
export interface Attempt {
  /** Names what the operation makes. */
  readonly resultId: string;
  /** Whether an earlier run may have made it, or a part of it. */
  readonly isRepeated: boolean;
}

/** An operation that can be asked for twice with the same key. */
export interface IdempotentOperation<Input, Response, Stored> {
  /** Does it. `attempt` is undefined if the request has no key. */
  run(input: Input, context: RequestContext, attempt?: Attempt): Promise<Response>;
  /** What is kept of a response: only the fields that the schema names. None of them may be secret. */
  readonly stored: z.ZodType<Stored>;
  /**
   * Returns the response again, after authorizing again; undefined if it is no longer useful, and `run` has to make a new one.
   *
   * @throws Problem if the caller is no longer allowed to. The record stays as it is.
   */
  replay(stored: Stored, input: Input, context: RequestContext): Promise<Response | undefined>;
}
