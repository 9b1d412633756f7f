import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessStore } from "./ports.ts";
import { expire } from "./transitions.ts";

/**
 * Records that the newest access request of a target has started or expired by itself. Every use of a request checks
 * its times, so nothing depends on when this runs.
 *
 * @returns whether anything was recorded: not if the request has time left or has ended, or there is none.
 * @throws Problem as the store does; `upstream-unavailable` after too many conflicts.
 */
export async function expireIfDue(
  store: Pick<AccessStore, "readCurrent" | "change">,
  accessTargetId: string,
  { clock, requestId, deadline: { signal } }: RequestContext,
): Promise<boolean> {
  const read = () => store.readCurrent(accessTargetId, signal);
  return retryOnConflict<AccessRequest | undefined, boolean>(await read(), read, async (current) => {
    if (current?.status === "unknown") {
      throw new Problem("internal", { cause: new Error("A newer version of Latchkey has written the access request") });
    }
    const expiry = current && expire(current, clock(), requestId);
    if (!expiry) return false;
    return (await store.change(expiry, signal)) && true;
  });
}
