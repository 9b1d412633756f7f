import { indexKey } from "../../lambda/lists/index-key.ts";
import type { Item } from "../support/attended-table.ts";
import { place } from "../support/samples.ts";

// Access requests as docs/access-requests.md describes them, one step after another, independent of the code. Moments are
// milliseconds since 1970.

export type Status = "pending" | "active" | "denied" | "cancelled" | "expired" | "revoked";

export interface Review {
  readonly reviewer: string;
  readonly decision: "approve" | "deny";
  /** Seconds that the approval shortens access to. */
  readonly durationSeconds?: number;
  readonly at: number;
}

export interface Request {
  readonly id: string;
  readonly status: Status;
  readonly subject: string;
  readonly requestedBy: string;
  readonly instanceId: string;
  readonly osUser: string;
  readonly seconds: number;
  readonly breakGlass: boolean;
  readonly approvals: number;
  readonly reviews: readonly Review[];
  readonly createdAt: number;
  readonly pendingUntil: number;
  readonly activatedAt?: number;
  readonly expiresAt?: number;
  readonly endedAt?: number;
  readonly isEndedBySuspension?: true;
  readonly events: readonly string[];
}

/** Whether somebody is suspended, since when or until when: by their id. */
export type Suspensions = ReadonlyMap<string, { readonly isSuspended: boolean; readonly changedAt: number }>;

/** A request without what suspensions have voided. Undefined if they have ended it for its subject, or for who asked. */
export function counted(request: Request, suspensions: Suspensions): Request | undefined {
  const isVoid = (id: string, at: number) => {
    const found = suspensions.get(id);
    return found !== undefined && (found.isSuspended || at <= found.changedAt);
  };
  const { subject, requestedBy, createdAt, reviews } = request;
  if (isVoid(subject, createdAt) || isVoid(requestedBy, createdAt)) return undefined;
  return { ...request, reviews: reviews.filter(({ reviewer, at }) => !isVoid(reviewer, at)) };
}

/** Whether nobody can connect under an open request any more, nor review it. */
export function isVoided(request: Request, suspensions: Suspensions): boolean {
  const left = counted(request, suspensions);
  return !left || (request.status === "active" && !request.breakGlass && approvalsOf(left) < request.approvals);
}

const approvalsOf = ({ reviews }: Request) => reviews.filter(({ decision }) => decision === "approve").length;

/** The newest request of an access target. */
export interface Newest {
  readonly newest: Request | undefined;
}

/** The event types of a change. */
type Happened = readonly string[];

const changed = (before: Request, change: Partial<Request>, happened: Happened): Request => ({
  ...before,
  ...change,
  events: [...before.events, ...happened],
});

/** When an open request ends. */
const endOf = ({ status, pendingUntil, expiresAt }: Request): number => {
  if (status === "pending") return pendingUntil;
  return status === "active" && expiresAt !== undefined ? expiresAt : Number.NEGATIVE_INFINITY;
};

export const isOpenAt = (request: Request | undefined, at: number): request is Request =>
  request !== undefined && at < endOf(request);

export function statusAt(request: Request, at: number): Status {
  const wasOpen = request.status === "pending" || request.status === "active";
  return wasOpen && !isOpenAt(request, at) ? "expired" : request.status;
}

/** The least of what was asked for and of what each reviewer shortened it to. */
const grantedSeconds = ({ seconds, reviews }: Request): number =>
  reviews.reduce((least, { durationSeconds = least }) => (durationSeconds < least ? durationSeconds : least), seconds);

const activated = (request: Request, at: number): Request =>
  changed(request, { status: "active", activatedAt: at, expiresAt: at + grantedSeconds(request) * 1000 }, [
    "access-request.activated",
  ]);

export type RequestedAccess = Pick<
  Request,
  "id" | "subject" | "requestedBy" | "instanceId" | "osUser" | "seconds" | "breakGlass" | "approvals"
>;

/** One hour, as in the sample policies. */
const pendingTimeout = 3_600_000;

/** Creates a request. None may be open. */
export function created(requested: RequestedAccess, at: number): Request {
  const times = { createdAt: at, pendingUntil: at + pendingTimeout };
  const asked: Request = { ...requested, ...times, status: "pending", reviews: [], events: ["access-request.created"] };
  if (requested.approvals > 0) return asked;
  const active = activated(asked, at);
  return requested.breakGlass ? changed(active, {}, ["break-glass.used"]) : active;
}

/** The request after a review that nothing rejects. @param earlier approvals that count. */
export function reviewed(request: Request, review: Review, earlier: number): Request {
  const { decision, at } = review;
  const reviews = [...request.reviews, review];
  const next = changed(request, { reviews }, ["review.submitted"]);
  if (decision === "deny") return changed(next, { status: "denied", endedAt: at }, ["access-request.denied"]);
  return earlier + 1 < request.approvals ? next : activated(next, at);
}

/** Why a review is rejected at its moment. */
export function reviewRejection(
  request: Request,
  { reviewer, at, durationSeconds = 0 }: Pick<Review, "reviewer" | "at" | "durationSeconds">,
  mayReview: boolean,
): string | undefined {
  if (reviewer === request.subject || reviewer === request.requestedBy) return "self-review";
  if (!mayReview) return "reviewer-not-allowed";
  if (statusAt(request, at) !== "pending") return "request-not-pending";
  if (request.reviews.some((earlier) => earlier.reviewer === reviewer)) return "already-reviewed";
  return durationSeconds > request.seconds ? "invalid-request" : undefined;
}

export function cancelRejection(request: Request, by: string, at: number): string | undefined {
  if (by !== request.subject && by !== request.requestedBy) return "access-denied";
  return statusAt(request, at) === "pending" ? undefined : "request-not-pending";
}

export function revokeRejection(request: Request, by: string, mayRevoke: boolean, at: number): string | undefined {
  const isParty = by === request.subject || request.reviews.some(({ reviewer }) => reviewer === by);
  if (!isParty && !mayRevoke) return "access-denied";
  return statusAt(request, at) === "active" ? undefined : "request-not-active";
}

export const earlierApprovals = (request: Request, suspensions: Suspensions): number | undefined => {
  const left = counted(request, suspensions);
  return left && approvalsOf(left);
};

export const endedBySuspension = (request: Request, at: number): Request => ({
  ...ended(request, request.status === "pending" ? "cancelled" : "revoked", at),
  isEndedBySuspension: true,
});

export const ended = (request: Request, status: "cancelled" | "revoked" | "expired", at: number): Request =>
  changed(request, { status, endedAt: at }, [`access-request.${status}`]);

/** Whether a request lets its subject connect, on call or not. */
export function carries(request: Request | undefined, isOnCall: boolean, at: number): request is Request {
  if (!isOpenAt(request, at) || request.status !== "active") return false;
  const approvals = approvalsOf(request);
  const needed = request.osUser === "root" ? 2 : 1;
  return approvals >= needed || (isOnCall && request.breakGlass && request.osUser === "ec2-user");
}

const iso = (moment: number | undefined) => (moment === undefined ? undefined : new Date(moment).toISOString());

/** The fields that every representation of a request has. */
function facts(request: Request): Item {
  const { id, subject, requestedBy, instanceId, osUser, breakGlass, approvals, createdAt, pendingUntil } = request;
  const needsReason = !instanceId.endsWith("d");
  const times = { createdAt, pendingUntil, activatedAt: request.activatedAt, expiresAt: request.expiresAt };
  return {
    ...{
      id,
      subject,
      requestedBy,
      scope: { instanceId },
      instanceId,
      osUser,
      breakGlass,
      durationSeconds: request.seconds,
      reason: "It burns",
    },
    requirements: { approvals, reason: needsReason },
    reviews: request.reviews.map((review) => ({ ...review, at: iso(review.at) })),
    ...Object.fromEntries(Object.entries(times).map(([name, moment]) => [name, iso(moment)])),
  };
}

/** The response at a moment. `pushBy` is the latest that the request notes. */
export function responseOf(request: Request, at: number, pushBy: string | undefined): Item {
  const end = iso(request.endedAt) ?? "";
  const noPushesAfter =
    request.status === "revoked" ? (pushBy !== undefined && pushBy > end ? pushBy : end) : undefined;
  const status = statusAt(request, at);
  const expiry = request.expiresAt ?? request.pendingUntil;
  const lastChange = request.endedAt ?? request.reviews.at(-1)?.at ?? request.createdAt;
  const updatedAt = iso(status === "expired" ? expiry : lastChange);
  const granted = request.activatedAt !== undefined && { grantedSeconds: grantedSeconds(request) };
  const { isEndedBySuspension } = request;
  return { ...facts(request), ...granted, status, updatedAt, noPushesAfter, isEndedBySuspension };
}

/** The stored request, without its `pushBy`. */
export function requestOf(request: Request): Item {
  const { instanceId, ...shown } = facts(request);
  return {
    ...shown,
    scope: { ...place, instanceId },
    status: request.status,
    endedAt: iso(request.endedAt),
    isEndedBySuspension: request.isEndedBySuspension,
    sequence: request.events.length,
  };
}

/** The stored item, without its keys, events and `pushBy`. */
export function itemOf(request: Request): Item {
  const isOpen = request.status === "pending" || request.status === "active";
  return {
    ...requestOf(request),
    v: 1,
    reviewers: request.reviews.map(({ reviewer }) => reviewer),
    listed: "access-request",
    listedAt: indexKey(iso(request.createdAt) ?? "", request.id),
    ...(isOpen && { due: "expiry", dueAt: iso(endOf(request)), open: request.status }),
  };
}
