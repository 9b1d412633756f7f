import { createHash } from "node:crypto";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Act } from "./change.ts";
import { allReviewsOf, askersOf, countedReviews } from "./extension.ts";
import { isApproved, isGranted } from "./status.ts";

/** The last change of whether a caller is suspended. */
export interface Suspension {
  readonly callerId: string;
  readonly isSuspended: boolean;
  readonly reason: string;
  readonly changedBy: string;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Number of its last event. */
  readonly sequence: number;
}

/** By the caller's id. Without an entry, the caller was never suspended. */
export type Suspensions = ReadonlyMap<string, Suspension>;

export interface SuspensionChange {
  readonly next: Suspension;
  readonly event: TrailEvent;
}

/** The id that the events of a caller's suspension have: no caller's id is fit to be part of an event's. */
export const suspensionIdOf = (callerId: string): string =>
  `su-${createHash("sha256").update(callerId).digest("hex").slice(0, 32)}`;

/**
 * Suspends or restores a caller.
 *
 * @returns undefined if that changes nothing.
 */
export function changeSuspension(
  current: Suspension | undefined,
  { callerId, isSuspended, reason }: Pick<Suspension, "callerId" | "isSuspended" | "reason">,
  { actor, at, ...right }: Act,
): SuspensionChange | undefined {
  if ((current?.isSuspended ?? false) === isSuspended) return undefined;
  const sequence = (current?.sequence ?? 0) + 1;
  const type = isSuspended ? "caller.suspended" : "caller.restored";
  return {
    next: { callerId, isSuspended, reason, changedBy: actor, changedAt: at.toISOString(), sequence },
    event: trailEvent(
      { collection: "callers", id: suspensionIdOf(callerId), sequence, type, at },
      { actor, subject: callerId, reason, ...right },
    ),
  };
}

/** Everybody whose suspension decides whether a request's access counts. */
export const partiesOf = (request: AccessRequest): string[] => [
  ...new Set([...askersOf(request), ...allReviewsOf(request).map(({ reviewer }) => reviewer)]),
];

/**
 * An access request as far as it counts: without the reviews of reviewers who are suspended or were after they
 * reviewed. A restored caller starts with nothing, so that nothing comes back that an intruder did in their name.
 *
 * @param suspensions of its parties.
 * @returns undefined if its subject or requester is suspended, or was since they asked.
 */
export function withoutSuspended(request: AccessRequest, suspensions: Suspensions): AccessRequest | undefined {
  const counts = (id: string, at: string) => {
    const suspension = suspensions.get(id);
    return !suspension || (!suspension.isSuspended && at > suspension.changedAt);
  };
  const { subject, requestedBy, createdAt } = request;
  if (!counts(subject, createdAt) || !counts(requestedBy, createdAt)) return undefined;
  const { extension, extendedBy } = request;
  const isAskedInVain = extension !== undefined && !counts(extension.requestedBy, extension.createdAt);
  if (isAskedInVain && extension.status === "approved") return undefined;
  const counted = (reviews: AccessRequest["reviews"]) => reviews.filter(({ reviewer, at }) => counts(reviewer, at));
  return {
    ...request,
    reviews: counted(request.reviews),
    extendedBy: extendedBy && counted(extendedBy),
    extension: extension && !isAskedInVain ? { ...extension, reviews: counted(extension.reviews) } : undefined,
  };
}

/** Whether suspensions have ended a request that is stored as open: nobody can connect with it. */
export function isEndedBySuspension(request: AccessRequest, suspensions: Suspensions): boolean {
  const counted = withoutSuspended(request, suspensions);
  if (!counted) return true;
  const isShort = !isApproved(request.requirements, countedReviews(counted));
  return isGranted(request.status) && !request.breakGlass && isShort;
}
