import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { secondsAfter } from "../shared/time.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessStore } from "./ports.ts";
import { isOpen, statusAt } from "./status.ts";
import type { SuspensionReader } from "./suspend.ts";
import { isEndedBySuspension, partiesOf } from "./suspension.ts";
import { endSuspended } from "./transitions.ts";

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface SuspensionClosings extends SuspensionReader {
  /** Records that nothing is left to end, unless the caller has been suspended or restored after `changedUntil`. */
  closeSuspension(callerId: string, changedUntil: Date, signal: AbortSignal): Promise<void>;
}

/**
 * Records that the newest access request of a target has ended, if a suspension has ended it. Connections do not wait for this:
 * they read the suspensions themselves.
 *
 * @returns whether it was recorded.
 * @throws Problem as the ports do; `upstream-unavailable` after too many conflicts.
 */
export async function endIfSuspended(
  store: Pick<AccessStore, "readCurrent" | "change">,
  suspensions: SuspensionReader,
  accessTargetId: string,
  { clock, requestId, deadline: { signal } }: RequestContext,
): Promise<boolean> {
  const read = () => store.readCurrent(accessTargetId, signal);
  return retryOnConflict<AccessRequest | undefined, boolean>(await read(), read, async (current) => {
    const at = clock();
    if (!current || !isOpen(statusAt(current, at))) return false;
    const found = await suspensions.readSuspensions(partiesOf(current), signal);
    if (!isEndedBySuspension(current, found)) return false;
    return (await store.change(endSuspended(current, { at, requestId }), signal)) && true;
  });
}

/**
 * Seconds after a suspension during which requests are searched again: what functions had started before it has been written by
 * then, and the index lists it.
 */
const searchedFor = 120;

/**
 * Closes the suspension of a caller once a search that began now has ended all that it ends.
 *
 * @throws Problem as the port does.
 */
export async function closeSuspension(
  suspensions: SuspensionClosings,
  callerId: string,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  await suspensions.closeSuspension(callerId, secondsAfter(now, -searchedFor), signal);
}
