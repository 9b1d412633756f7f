import type * as z from "zod";
import type { IdempotencyRecord } from "./record.ts";

/**
 * Where records are kept. Each write is conditional and takes itself for done when it comes twice. Each rejects with a
 * Problem where the table fails.
 */
export interface IdempotencyStore {
  /** A consistent read. */
  read(hash: string, signal: AbortSignal): Promise<IdempotencyRecord | undefined>;
  /** Puts a record where there is none that counts at `now`. Answers whether it did. */
  begin(hash: string, record: IdempotencyRecord, now: Date, signal: AbortSignal): Promise<boolean>;
  /** Puts the one record in the place of the other, if that is still as it was. Answers whether it did. */
  takeOver(hash: string, from: IdempotencyRecord, to: IdempotencyRecord, signal: AbortSignal): Promise<boolean>;
  /** Ends a run, if the claim still holds the key. Not cut by any deadline: something may have been done. */
  end(hash: string, claim: string, outcome: Pick<IdempotencyRecord, "status" | "response">): Promise<void>;
}

export interface IdempotencyPorts extends IdempotencyStore {
  clock(): Date;
}

/** How a run stands to those before it. */
export interface Attempt {
  /** Names what the request makes. */
  readonly resultId: string;
  /** Whether an earlier run may have made it already, or a part of it. */
  readonly isRepeated: boolean;
}

/** What a route does with a request that may come twice. */
export interface IdempotentOperation<Request, Answer, Stored> {
  /** Does it. `attempt` is left out where the request has no key. */
  run(request: Request, attempt?: Attempt): Promise<Answer>;
  /** What is kept of an response: whatever the schema does not name is not. Nothing secret may be. */
  readonly stored: z.ZodType<Stored>;
  /**
   * Gives the response again, after authorizing again; undefined where it is no use any more, and is made anew by `run`.
   *
   * @throws Problem where the caller may not any more. The record stays as it is.
   */
  replay(stored: Stored, request: Request): Promise<Answer | undefined>;
}
