import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { earlier } from "../shared/time.ts";
import type { AccessRequest } from "./access-request.ts";
import { accessTargetIdOfRequest } from "./access-target.ts";
import type { AccessStore } from "./ports.ts";
import { statusAt } from "./status.ts";

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface ReservationStore extends Pick<AccessStore, "readCurrent"> {
  /**
   * One conditional write of `pushBy`, which checks again that the request is its target's newest, and active.
   *
   * @returns what is stored now; undefined if the condition failed, or the stored `pushBy` is later: then nothing has
   *   been written.
   */
  reserve(request: AccessRequest, pushBy: Date, now: Date, signal: AbortSignal): Promise<AccessRequest | undefined>;
}

/** A connection that is about to be made under an access request. */
export interface Reservation {
  /** As it was read. */
  readonly request: AccessRequest;
  /** No push attempt starts later. */
  readonly pushBy: Date;
  readonly now: Date;
}

/** Milliseconds. */
const roundedTo = 5000;

/** Up to whole five seconds, so that parallel connections rarely write; but never past the end of access. */
function rounded(pushBy: Date, { expiresAt }: AccessRequest): Date {
  const up = new Date(Math.ceil(pushBy.getTime() / roundedTo) * roundedTo);
  return expiresAt === undefined ? up : earlier(up, new Date(expiresAt));
}

/**
 * Reserves an access request for a connection: stores a time that is no earlier than the `pushBy` of any of its
 * connections, which a revoke returns as `noPushesAfter`. If the stored one is late enough, nothing is written: a
 * revoke after the read returns it.
 *
 * @returns what is stored now; undefined if the request is no longer active.
 * @throws Problem as the store does; `upstream-unavailable` after too many conflicts.
 */
export async function reserveAccess(
  store: ReservationStore,
  { request, pushBy, now }: Reservation,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const { reserved } = await retryOnConflict<AccessRequest | undefined, { reserved: AccessRequest | undefined }>(
    request,
    () => store.readCurrent(accessTargetIdOfRequest(request), signal),
    async (current) => {
      if (current?.id !== request.id || statusAt(current, now) !== "active") return { reserved: undefined };
      if (current.pushBy !== undefined && current.pushBy >= pushBy.toISOString()) return { reserved: current };
      const reserved = await store.reserve(current, rounded(pushBy, current), now, signal);
      return reserved && { reserved };
    },
  );
  return reserved;
}
