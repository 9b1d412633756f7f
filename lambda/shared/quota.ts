import { Problem } from "./problem.ts";
import { secondsAfter } from "./time.ts";

/** What the table counts of each caller, in windows of ten minutes. */
export type Counted = "denials" | "pushes";

/** Counts in the table, so that all instances of a function count together. Each rejects with a Problem. */
export interface QuotaCounter {
  /** Counts one more, unless the window has as many as settings allow. @returns whether it did. */
  count(callerId: string, counted: Counted, windowStart: Date, signal: AbortSignal): Promise<boolean>;
}

/** Seconds. */
const windowLength = 600;

const details: Readonly<Record<Counted, string>> = {
  denials: "You have been denied as often as one caller may be in ten minutes.",
  pushes: "You have asked for as many pushes as one caller may in ten minutes.",
};

/**
 * Counts one more of a caller.
 *
 * @returns the problem if that is too many, and undefined if not.
 * @throws Problem as the counter does.
 */
export async function countOne(
  counter: QuotaCounter,
  callerId: string,
  counted: Counted,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<Problem | undefined> {
  const start = new Date(Math.floor(now.getTime() / 1000 / windowLength) * windowLength * 1000);
  if (await counter.count(callerId, counted, start, signal)) return undefined;
  return quotaProblem(counted, details[counted], { now, until: secondsAfter(start, windowLength) });
}

/** 429 with the name of the limit, and the seconds until it may let more through. */
export function quotaProblem(
  limit: string,
  detail: string,
  { now, until }: { readonly now: Date; readonly until: Date },
): Problem {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return new Problem("throttled", { limit, detail, headers: { "Retry-After": String(seconds) } });
}
