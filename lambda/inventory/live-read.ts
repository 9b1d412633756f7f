import type { ProblemCode } from "../../contract/problem.ts";
import { Problem } from "../shared/problem.ts";

/** What a target responded, or why it did not. */
export type LiveRead<T> = { readonly value: T } | { readonly code: ProblemCode };

/**
 * Keeps a target's fault from being ours: a message is not redelivered for it. If the invocation's own deadline has passed, that is
 * no fault of the target.
 *
 * @param signal of the invocation.
 */
export async function liveRead<T>(read: Promise<T>, signal: AbortSignal): Promise<LiveRead<T>> {
  try {
    return { value: await read };
  } catch (error) {
    if (signal.aborted || !(error instanceof Problem)) throw error;
    return { code: error.code };
  }
}
