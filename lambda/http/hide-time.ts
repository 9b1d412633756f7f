import { setTimeout } from "node:timers/promises";
import type { ProblemCode } from "../../contract/problem.ts";
import type { LogFields } from "../shared/request-context.ts";

/** In milliseconds. */
export interface Timer {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};

/** Milliseconds: more than most calls in any region take. */
const step = 500;

/** What is said of an instance that is absent or not seen, and of an access request for it. */
const unseen: readonly ProblemCode[] = ["instance-not-found", "access-request-not-found"];

/** Whether a response is about something that is absent or that the caller may not see. */
export const isUnseen = (facts: LogFields, code?: ProblemCode): boolean =>
  facts.unseen === true || (code !== undefined && unseen.includes(code));

/**
 * Holds back a response until a multiple of 500 ms after the request's start, so that its time does not tell in which target an
 * instance was looked for.
 */
export async function hideTime(startedAt: number, { now, sleep }: Timer): Promise<void> {
  const due = startedAt + Math.ceil((now() - startedAt) / step) * step;
  // A timer may fire early.
  while (now() < due) await sleep(Math.ceil(due - now()));
}
