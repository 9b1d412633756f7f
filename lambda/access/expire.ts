import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessStore } from "./ports.ts";
import { expire } from "./transitions.ts";

/**
 * Makes an event of it that the time of a accessTarget's newest access request is over. Everybody judges that time when they use it,
 * so nothing depends on when this is done.
 *
 * @param requestId of the run that does it.
 * @returns whether it was done: not where the time is not over, where the request has ended, and where there is none.
 * @throws Problem as the store does; `upstream-unavailable` where others are faster each time.
 */
export async function expireIfDue(
  store: Pick<AccessStore, "readCurrent" | "change">,
  accessTargetId: string,
  now: Date,
  requestId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const read = () => store.readCurrent(accessTargetId, signal);
  return retryOnConflict<AccessRequest | undefined, boolean>(await read(), read, async (current) => {
    const expiry = current && expire(current, now, requestId);
    if (!expiry) return false;
    return (await store.change(expiry, signal)) && true;
  });
}
