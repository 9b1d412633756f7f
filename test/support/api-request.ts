import type { Caller } from "../../contract/caller.ts";

/** What every request of a caller's brings to a handler, beside its own parts. No deadline that a test would meet. */
export function requestOf(caller: Caller, signal = new AbortController().signal) {
  return { caller, requestId: "request-1", deadline: { at: new Date(8.64e15), signal }, facts: {} };
}
