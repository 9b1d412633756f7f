import type { Call } from "./call.ts";
import { ApiProblem, NetworkError, UnexpectedResponse } from "./errors.ts";
import { pause as realPause } from "./pause.ts";
import type { AccessRequest } from "./types.ts";

/** Seconds: the longest that the API holds a request open. */
const longPoll = 25;
/** Milliseconds: the shortest time between two requests, in case the API responds at once. */
const shortestInterval = 1000;
/** Milliseconds: the longest interval after failures, each of which doubles it. */
const longestInterval = 15_000;
/** Milliseconds to keep trying after `pendingUntil` while no response comes: only the API can tell that the request has expired. */
const graceAfterEnd = 60_000;

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at first and after each attempt, with the failures since the last response. */
  readonly onUpdate?: ((request: AccessRequest, failures: number) => void) | undefined;
  readonly clock?: (() => Date) | undefined;
  /** How to wait between two requests. */
  readonly pause?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

/**
 * Waits, by long polling, while an access request is pending. Transient failures are waited out.
 *
 * @returns the request when it is no longer pending.
 * @throws what `call` throws if it is not transient; the signal's reason.
 */
export async function waitForAccess(
  call: Call,
  first: AccessRequest,
  { signal, onUpdate, clock = () => new Date(), pause = realPause }: WaitOptions = {},
): Promise<AccessRequest> {
  let request = first;
  let failures = 0;
  while (request.status === "pending") {
    signal?.throwIfAborted();
    onUpdate?.(request, failures);
    const askedAt = clock().getTime();
    try {
      // With `since`, a change between two polls is returned at once.
      const { id, updatedAt: since } = request;
      request = await call("getAccessRequest", { id, wait: longPoll, since }, { signal });
      failures = 0;
    } catch (error) {
      if (!isTransient(error) || askedAt > Date.parse(request.pendingUntil) + graceAfterEnd) throw error;
      failures += 1;
    }
    const interval =
      failures === 0 ? shortestInterval : Math.min(longestInterval, shortestInterval * 2 ** (failures - 1));
    const rest = askedAt + interval - clock().getTime();
    if (request.status === "pending" && rest > 0) await pause(rest, signal);
  }
  return request;
}

/** The network, AWS or a limit failed the call: the access request itself is unaffected. */
function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return error.code !== "TOO_LONG";
  if (error instanceof UnexpectedResponse) return error.status >= 500;
  return error instanceof ApiProblem && (error.problem.retryable || error.problem.status >= 500);
}
