import type { Call } from "./call.ts";
import { pause as realPause } from "./pause.ts";
import { isTransient, waitAfterFailure } from "./polling.ts";
import type { AccessRequest } from "./types.ts";

/** Seconds: the longest that the API holds a request open. */
const longPoll = 25;
/** Milliseconds: the shortest time between two requests, in case the API responds at once. */
const shortestInterval = 1000;
/**
 * Milliseconds to keep trying after `pendingUntil` while no response comes: only the API can tell that the request has
 * expired.
 */
const graceAfterEnd = 60_000;

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at first and after each attempt, with the failures since the last response. */
  readonly onUpdate?: ((request: AccessRequest, failures: number) => void) | undefined;
  /** What is waited for to end. Left out: that the request is pending. */
  readonly isWaiting?: ((request: AccessRequest) => boolean) | undefined;
  readonly clock?: (() => Date) | undefined;
  /** How to wait between two requests. */
  readonly pause?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

const isPending = ({ status }: AccessRequest) => status === "pending";

/**
 * Waits, by long polling, while an access request is pending. Transient failures are waited out.
 *
 * @returns the request when it is no longer pending.
 * @throws what `call` throws if it is not transient; the signal's reason.
 */
export async function waitForAccess(
  call: Call,
  first: AccessRequest,
  { signal, onUpdate, isWaiting = isPending, clock = () => new Date(), pause = realPause }: WaitOptions = {},
): Promise<AccessRequest> {
  let request = first;
  let failures = 0;
  while (isWaiting(request)) {
    signal?.throwIfAborted();
    onUpdate?.(request, failures);
    const askedAt = clock().getTime();
    let wait: number;
    try {
      // With `since`, a change between two polls is returned at once.
      const { id, updatedAt: since } = request;
      request = await call("getAccessRequest", { id, wait: longPoll, since }, { signal });
      failures = 0;
      wait = askedAt + shortestInterval - clock().getTime();
    } catch (error) {
      if (
        !isTransient(error) ||
        askedAt > Date.parse(request.extension?.pendingUntil ?? request.pendingUntil) + graceAfterEnd
      )
        throw error;
      failures += 1;
      wait = waitAfterFailure(error, failures);
    }
    if (isWaiting(request) && wait > 0) await pause(wait, signal);
  }
  return request;
}
