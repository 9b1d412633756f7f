import type { Latchkey } from "../../sdk/latchkey.ts";
import { pause as realPause } from "../../sdk/pause.ts";
import { isTransient, waitAfterFailure } from "../../sdk/polling.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { hasPendingExtension } from "./request-acts.ts";

/** Seconds: the longest that the API holds a request open. */
const longPoll = 25;
/** Milliseconds between two long polls, in case the API responds at once. */
const shortestInterval = 1000;
/** Milliseconds between two looks at what nobody waits for, such as active access that may be revoked. */
const usualInterval = 15_000;

export interface Following {
  readonly signal: AbortSignal;
  /** Gets the request after each attempt, with the failures since the last response. */
  readonly onUpdate: (request: AccessRequest, failures: number) => void;
  /** For tests: how to wait between two attempts. */
  readonly pause?: typeof realPause | undefined;
}

/** Whether a request can still change. */
export const isOpen = ({ status }: AccessRequest): boolean => ["pending", "scheduled", "active"].includes(status);

/** Whether somebody waits for a review. */
const isAwaited = (request: AccessRequest) => request.status === "pending" || hasPendingExtension(request);

/**
 * Follows an access request until it has ended: by long polls while a review is awaited, else by a look now and then. Transient
 * failures are waited out.
 *
 * @throws what the call throws if it is not transient; the signal's reason.
 */
export async function followRequest(
  api: Pick<Latchkey, "call">,
  first: AccessRequest,
  { signal, onUpdate, pause = realPause }: Following,
): Promise<void> {
  let request = first;
  let failures = 0;
  let wait = isAwaited(first) ? 0 : usualInterval;
  while (isOpen(request)) {
    if (wait > 0) await pause(wait, signal);
    const { id, updatedAt: since } = request;
    try {
      const input = isAwaited(request) ? { id, wait: longPoll, since } : { id };
      request = await api.call("getAccessRequest", input, { signal });
      failures = 0;
      wait = isAwaited(request) ? shortestInterval : usualInterval;
    } catch (error) {
      if (!isTransient(error)) throw error;
      failures += 1;
      wait = waitAfterFailure(error, failures);
    }
    onUpdate(request, failures);
  }
}
