import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { AccessRequest } from "./access-request.ts";
import { accessTargetIdOf } from "./access-target.ts";
import type { AccessStore } from "./ports.ts";
import { statusAt } from "./transitions.ts";

/** Where a reserve is written. Each rejects with a Problem, and ends when its signal does. */
export interface ReservationStore extends Pick<AccessStore, "readCurrent"> {
  /**
   * One conditional write of `pushBy`, which judges again that the request is its accessTarget's newest, and active. A later one that
   * was read stays.
   *
   * @returns what is stored now; undefined where that does not hold, or another `pushBy` is later than was read: nothing has
   *   been written.
   */
  reserve(request: AccessRequest, pushBy: Date, now: Date, signal: AbortSignal): Promise<AccessRequest | undefined>;
}

/**
 * Notes on an access request that it carries a connection. What is noted is the latest `pushBy` of all: a revoke settles
 * then. Once it has been noted, no revoke has been committed before.
 *
 * @param request as it was read.
 * @param pushBy no attempt to push starts later.
 * @returns what is stored now; undefined where the request is no longer active.
 * @throws Problem as the store does; `upstream-unavailable` where others are faster each time.
 */
export async function reserveAccess(
  store: ReservationStore,
  request: AccessRequest,
  pushBy: Date,
  now: Date,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const { reserved } = await retryOnConflict<AccessRequest | undefined, { reserved: AccessRequest | undefined }>(
    request,
    () => store.readCurrent(accessTargetIdOf(request), signal),
    async (current) => {
      if (current?.id !== request.id || statusAt(current, now) !== "active") return { reserved: undefined };
      const reserved = await store.reserve(current, pushBy, now, signal);
      return reserved && { reserved };
    },
  );
  return reserved;
}
