import type { Context } from "aws-lambda";

/** When a request's calls to AWS must have ended, and the signal that aborts them. */
export interface Deadline {
  readonly at: Date;
  readonly signal: AbortSignal;
}

/** Milliseconds before the function's time-out, for writing a connection's outcome and responding. */
const reserve = 2000;

export function deadlineOf(context: Pick<Context, "getRemainingTimeInMillis">): Deadline {
  const remaining = Math.max(0, context.getRemainingTimeInMillis() - reserve);
  return { at: new Date(Date.now() + remaining), signal: AbortSignal.timeout(remaining) };
}
