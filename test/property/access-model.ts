import { indexKey } from "../../lambda/lists/index-key.ts";
import type { Item } from "../support/attended-table.ts";
import { place } from "../support/samples.ts";

// Access requests as docs/access-requests.md describes them, one step after another, independent of the code. Moments are
// milliseconds since 1970.

export type Status = "pending" | "scheduled" | "active" | "denied" | "cancelled" | "expired" | "revoked";

export interface Review {
  readonly reviewer: string;
  /** The one name of the machine that the reviewer is. */
  readonly integration?: string;
  readonly decision: "approve" | "deny";
  /** Seconds that the approval shortens access to. */
  readonly durationSeconds?: number;
  readonly at: number;
  /** As what the reviewer came, if the request is for tags. */
  readonly basis?: { readonly kind: string; readonly groups: readonly string[] };
}

/** More time, which is asked for while a request is active. */
interface Extension {
  readonly id: string;
  readonly status: "pending" | "approved" | "denied" | "cancelled" | "expired";
  readonly requestedBy: string;
  readonly seconds: number;
  readonly reviews: readonly Review[];
  readonly createdAt: number;
  readonly pendingUntil: number;
  readonly endedAt?: number;
}

export interface Request {
  readonly id: string;
  readonly status: Status;
  readonly subject: string;
  readonly requestedBy: string;
  readonly instanceId: string;
  /** It is for all instances that have these, and not for one. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly osUser: string;
  readonly seconds: number;
  readonly breakGlass: boolean;
  readonly approvals: number;
  readonly reviews: readonly Review[];
  readonly createdAt: number;
  readonly pendingUntil: number;
  /** When access is to start. Without it, access starts once it is approved. */
  readonly startsAt?: number | undefined;
  readonly activatedAt?: number;
  readonly expiresAt?: number;
  readonly endedAt?: number;
  readonly isEndedBySuspension?: true;
  readonly extension?: Extension;
  /** The reviews of the extension that moved its end last. */
  readonly extendedBy?: readonly Review[];
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
  const { subject, requestedBy, createdAt, reviews, extendedBy, extension } = request;
  if (isVoid(subject, createdAt) || isVoid(requestedBy, createdAt)) return undefined;
  const isAskedInVain = extension !== undefined && isVoid(extension.requestedBy, extension.createdAt);
  if (isAskedInVain && extension.status === "approved") return undefined;
  const valid = (given: readonly Review[]) => given.filter(({ reviewer, at }) => !isVoid(reviewer, at));
  const { extension: _, ...bare } = request;
  return {
    ...bare,
    reviews: valid(reviews),
    ...(extendedBy && { extendedBy: valid(extendedBy) }),
    ...(extension && !isAskedInVain && { extension: { ...extension, reviews: valid(extension.reviews) } }),
  };
}

/** Whether nobody can connect under an open request any more, nor review it. */
export function isVoided(request: Request, suspensions: Suspensions): boolean {
  const left = counted(request, suspensions);
  return !left || (isGranted(request) && !request.breakGlass && !isEnough(request, countedReviews(left)));
}

/** Those of the extension that moved the end last, else of the request. */
const countedReviews = ({ reviews, extendedBy = reviews }: Request): readonly Review[] => extendedBy;

/** How many people have approved. The ids of machines have a slash. */
const peopleOf = (reviews: readonly Review[]) =>
  reviews.filter(({ decision, reviewer }) => decision === "approve" && !reviewer.includes("/")).length;

/** The roster's approval is enough in place of a single person's. */
function isEnough({ approvals }: Pick<Request, "approvals">, reviews: readonly Review[]): boolean {
  const isByRoster = reviews.some(({ decision, integration }) => decision === "approve" && integration === "roster");
  return peopleOf(reviews) >= approvals || (approvals === 1 && isByRoster);
}

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

/** Whether it has been approved, and has not ended. */
export const isGranted = ({ status }: Request): boolean => status === "scheduled" || status === "active";

/** When an open request ends. */
const endOf = (request: Request): number => {
  const { status, pendingUntil, expiresAt = Number.NEGATIVE_INFINITY } = request;
  if (status === "pending") return pendingUntil;
  return isGranted(request) ? expiresAt : Number.NEGATIVE_INFINITY;
};

export const isOpenAt = (request: Request | undefined, at: number): request is Request =>
  request !== undefined && at < endOf(request);

export function statusAt(request: Request, at: number): Status {
  const wasOpen = request.status === "pending" || isGranted(request);
  return wasOpen && !isOpenAt(request, at) ? "expired" : started(request, at).status;
}

/** Scheduled access starts by itself. The next write tells it, before anything else. */
export function started(request: Request, at: number): Request {
  const { status, startsAt = Number.POSITIVE_INFINITY } = request;
  if (status !== "scheduled" || at < startsAt) return request;
  return changed(request, { status: "active", activatedAt: startsAt }, ["access-request.activated"]);
}

/** The least of what was asked for and of what each reviewer shortened it to. */
const grantedSeconds = ({ seconds, reviews }: Pick<Request, "seconds" | "reviews">): number =>
  reviews.reduce((least, { durationSeconds = least }) => (durationSeconds < least ? durationSeconds : least), seconds);

/** However late it is approved, its time counts from its start. */
function approved(request: Request, at: number): Request {
  const { startsAt = at } = request;
  const expiresAt = startsAt + grantedSeconds(request) * 1000;
  return at < startsAt
    ? changed(request, { status: "scheduled", expiresAt }, ["access-request.scheduled"])
    : changed(request, { status: "active", activatedAt: at, expiresAt }, ["access-request.activated"]);
}

/** Whether scheduled access would be over before its approval. */
const isOver = ({ startsAt, seconds, reviews }: Request, review: Review): boolean =>
  startsAt !== undefined && startsAt + grantedSeconds({ seconds, reviews: [...reviews, review] }) * 1000 <= review.at;

export type RequestedAccess = Pick<
  Request,
  | "id"
  | "subject"
  | "requestedBy"
  | "instanceId"
  | "tags"
  | "osUser"
  | "seconds"
  | "breakGlass"
  | "approvals"
  | "startsAt"
>;

/** One hour, as in the sample policies. */
const pendingTimeout = 3_600_000;

/** Creates a request. None may be open. */
export function created(requested: RequestedAccess, at: number): Request {
  const { startsAt = Number.POSITIVE_INFINITY, seconds } = requested;
  const times = { createdAt: at, pendingUntil: Math.min(at + pendingTimeout, startsAt + seconds * 1000) };
  const asked: Request = { ...requested, ...times, status: "pending", reviews: [], events: ["access-request.created"] };
  if (requested.approvals > 0) return asked;
  const given = approved(asked, at);
  return requested.breakGlass ? changed(given, {}, ["break-glass.used"]) : given;
}

/** The extension that can be reviewed: before its time is up, and while the request is active. */
export function pendingExtension(request: Request, at: number): Extension | undefined {
  const { extension } = request;
  const isPending = extension?.status === "pending" && at < extension.pendingUntil;
  return isPending && statusAt(request, at) === "active" ? extension : undefined;
}

/** The last extension: one that nobody has decided in time has expired. */
function extensionAt(request: Request, at: number): Extension | undefined {
  const { extension } = request;
  if (extension?.status !== "pending" || pendingExtension(request, at)) return extension;
  return { ...extension, status: "expired", endedAt: extension.pendingUntil };
}

/** The request with an extension that nothing rejects. Its id is chosen by the code. */
export function extended(before: Request, by: string, seconds: number, at: number): Request {
  const request = started(before, at);
  const pendingUntil = Math.min(at + pendingTimeout, request.expiresAt ?? at);
  const asked: Extension = {
    id: "",
    status: "pending",
    requestedBy: by,
    seconds,
    reviews: [],
    createdAt: at,
    pendingUntil,
  };
  const lapsed = request.extension?.status === "pending" ? ["access-request.extension-expired"] : [];
  const next = changed(request, { extension: asked }, [...lapsed, "access-request.extension-requested"]);
  return request.approvals > 0 ? next : granted(next, asked, at);
}

function granted(request: Request, extension: Extension, at: number): Request {
  const expiresAt = (request.expiresAt ?? at) + grantedSeconds(extension) * 1000;
  const decided = {
    extension: { ...extension, status: "approved" as const, endedAt: at },
    extendedBy: extension.reviews,
  };
  return changed(request, { ...decided, expiresAt }, ["access-request.extended"]);
}

function extensionReviewed(request: Request, before: Extension, review: Review, earlier: readonly Review[]): Request {
  const extension = { ...before, reviews: [...before.reviews, review] };
  const next = changed(request, { extension }, ["review.submitted"]);
  if (review.decision === "deny") {
    const denied = { ...extension, status: "denied" as const, endedAt: review.at };
    return changed(next, { extension: denied }, ["access-request.extension-denied"]);
  }
  return isEnough(request, [...earlier, review]) ? granted(next, extension, review.at) : next;
}

/** The request whose pending extension its askers have withdrawn. */
export function extensionCancelled(request: Request, extension: Extension, at: number): Request {
  const cancelled = { ...extension, status: "cancelled" as const, endedAt: at };
  return changed(request, { extension: cancelled }, ["access-request.extension-cancelled"]);
}

/** The request after a review that nothing rejects. @param earlier reviews that count. */
export function reviewed(before: Request, review: Review, earlier: readonly Review[]): Request {
  const { decision, at } = review;
  const request = started(before, at);
  const extension = pendingExtension(request, at);
  if (extension) return extensionReviewed(request, extension, review, earlier);
  const reviews = [...request.reviews, review];
  const { extendedBy } = request;
  if (request.status === "active")
    return changed(request, { reviews, ...(extendedBy && { extendedBy: [...extendedBy, review] }) }, [
      "review.submitted",
    ]);
  const next = changed(request, { reviews }, ["review.submitted"]);
  if (decision === "deny") return changed(next, { status: "denied", endedAt: at }, ["access-request.denied"]);
  return isEnough(request, [...earlier, review]) ? approved(next, at) : next;
}

/**
 * Why a review is rejected at its moment.
 *
 * @param own all ids of the reviewer.
 * @param left the request without what suspensions have voided; undefined if they have ended it.
 * @param most how many people's approvals active access for tags takes: as many as some policy looks for.
 */
export function reviewRejection(
  request: Request,
  review: Review,
  {
    own,
    mayReview,
    left,
    most = 2,
  }: {
    readonly own: readonly string[];
    readonly mayReview: boolean;
    readonly left: Request | undefined;
    readonly most?: number;
  },
): string | undefined {
  const { decision, integration, at, durationSeconds = 0 } = review;
  const { subject, requestedBy, extension } = request;
  if ([subject, requestedBy, extension?.requestedBy].some((id) => id !== undefined && own.includes(id)))
    return "self-review";
  if (!mayReview) return "reviewer-not-allowed";
  const asked = statusAt(request, at) === "pending" ? request : pendingExtension(request, at);
  const isFurther =
    decision === "approve" &&
    request.tags !== undefined &&
    statusAt(request, at) === "active" &&
    extension?.status !== "pending" &&
    left !== undefined &&
    peopleOf(countedReviews(left)) < most;
  const earlier = asked?.reviews ?? (isFurther ? countedReviews(request) : undefined);
  if (!earlier) return "request-not-pending";
  const isSame = (one: Review) => own.includes(one.reviewer) || (integration ?? "") === one.integration;
  if (earlier.some(isSame)) return "already-reviewed";
  if (durationSeconds > (asked?.seconds ?? 0)) return "invalid-request";
  const isTooLate = decision === "approve" && asked === request && isOver(request, review);
  return isTooLate ? (durationSeconds > 0 ? "invalid-request" : "request-not-pending") : undefined;
}

export function cancelRejection(request: Request, by: string, at: number): string | undefined {
  const extension = pendingExtension(request, at);
  if (![request.subject, request.requestedBy, extension?.requestedBy].includes(by)) return "access-denied";
  const isOpenYet = ["pending", "scheduled"].includes(statusAt(request, at));
  return isOpenYet || extension ? undefined : "request-not-pending";
}

export function revokeRejection(request: Request, by: string, mayRevoke: boolean, at: number): string | undefined {
  const { reviews, extendedBy = [], extension } = request;
  const all = [...reviews, ...extendedBy, ...(extension?.reviews ?? [])];
  const isParty = by === request.subject || all.some(({ reviewer }) => reviewer === by);
  if (!isParty && !mayRevoke) return "access-denied";
  return ["scheduled", "active"].includes(statusAt(request, at)) ? undefined : "request-not-active";
}

/** Earlier reviews that count for what can be reviewed. Undefined if suspensions have left nothing to review. */
export function earlierReviews(request: Request, suspensions: Suspensions, at: number): readonly Review[] | undefined {
  if (isVoided(request, suspensions)) return undefined;
  const left = counted(request, suspensions);
  if (request.status === "pending") return left?.reviews;
  return pendingExtension(request, at) ? left?.extension?.reviews : [];
}

export const endedBySuspension = (request: Request, at: number): Request => ({
  ...ended(request, request.status === "pending" ? "cancelled" : "revoked", at),
  isEndedBySuspension: true,
});

/** Every end of a request ends its pending extension. */
export function ended(before: Request, status: "cancelled" | "revoked" | "expired", at: number): Request {
  const request = started(before, at);
  const pending = pendingExtension(request, at);
  const extension = pending ? { ...pending, status: "cancelled" as const, endedAt: at } : extensionAt(request, at);
  return changed(request, { status, endedAt: at, ...(extension && { extension }) }, [`access-request.${status}`]);
}

/** The request after time has started or ended it, or ended its extension, or undefined if it has not. */
export function lapsed(stored: Request, at: number): Request | undefined {
  if (stored.status !== "pending" && !isGranted(stored)) return undefined;
  const request = started(stored, at);
  if (statusAt(request, at) === "expired") return ended(request, "expired", at);
  const extension = extensionAt(request, at);
  if (!extension || extension.status === request.extension?.status) return request === stored ? undefined : request;
  return changed(request, { extension }, ["access-request.extension-expired"]);
}

/** Whether a request lets its subject connect, on call or not, with those of its reviews that count. */
export function carries(
  request: Request | undefined,
  isOnCall: boolean,
  at: number,
  counts: (review: Review) => boolean,
): request is Request {
  if (!request || statusAt(request, at) !== "active") return false;
  const isApproved = isEnough({ approvals: request.osUser === "root" ? 2 : 1 }, countedReviews(request).filter(counts));
  return isApproved || (isOnCall && request.breakGlass && request.osUser === "ec2-user");
}

const iso = (moment: number | undefined) => (moment === undefined ? undefined : new Date(moment).toISOString());

/** The fields that every representation of a request has. */
function facts(request: Request, isStored: boolean): Item {
  const { id, subject, requestedBy, instanceId, tags, osUser, breakGlass, createdAt, pendingUntil } = request;
  const { startsAt, activatedAt, expiresAt } = request;
  const times = { createdAt, pendingUntil, startsAt, activatedAt, expiresAt };
  return {
    ...{
      id,
      subject,
      requestedBy,
      ...(tags ? { scope: { tags } } : { scope: { instanceId }, instanceId }),
      osUser,
      breakGlass,
      durationSeconds: request.seconds,
      reason: "It burns",
    },
    requirements: requirementsOf(request),
    reviews: reviewsOf(request.reviews, isStored),
    ...Object.fromEntries(Object.entries(times).map(([name, moment]) => [name, iso(moment)])),
  };
}

/** On what a review was decided is no part of a response. */
const reviewsOf = (reviews: readonly Review[], isStored: boolean) =>
  reviews.map(({ basis, ...review }) => ({ ...review, ...(isStored && basis && { basis }), at: iso(review.at) }));

function requirementsOf({ approvals, instanceId }: Request): Item {
  const alternatives = [
    { approvals: 1, integrations: [] },
    { approvals: 0, integrations: ["roster"] },
  ];
  return {
    ...{ approvals, reason: !instanceId.endsWith("d") },
    ...(approvals === 1 && { alternatives }),
    ...(approvals > 0 && { reviewers: [{ kind: "group", name: "OnCall" }] }),
  };
}

/** What an extension is, stored and in a response. */
function extensionFacts(request: Request, extension: Extension, isStored: boolean): Item {
  const { seconds, reviews, createdAt, pendingUntil, endedAt: _, ...more } = extension;
  return {
    ...more,
    durationSeconds: seconds,
    reason: "It is slow",
    requirements: requirementsOf(request),
    reviews: reviewsOf(reviews, isStored),
    createdAt: iso(createdAt),
    pendingUntil: iso(pendingUntil),
  };
}

/** The response at a moment. `pushBy` is the latest that the request notes. */
export function responseOf(stored: Request, at: number, pushBy: string | undefined): Item {
  const request = started(stored, at);
  const end = iso(request.endedAt) ?? "";
  const noPushesAfter =
    request.status === "revoked" ? (pushBy !== undefined && pushBy > end ? pushBy : end) : undefined;
  const status = statusAt(request, at);
  const expiry = request.expiresAt ?? request.pendingUntil;
  const extension = extensionAt(request, at);
  const { endedAt, reviews = [], createdAt: extendedAt } = { ...extension };
  const ofExtension = endedAt ?? reviews.at(-1)?.at ?? extendedAt;
  const reviewedAt = request.reviews.at(-1)?.at ?? request.createdAt;
  const { activatedAt = reviewedAt } = request;
  const lastChange = request.endedAt ?? Math.max(ofExtension ?? reviewedAt, reviewedAt, activatedAt);
  const isExtended = extension?.status === "approved" && { grantedSeconds: grantedSeconds(extension) };
  const shown = extension && { extension: { ...extensionFacts(request, extension, false), ...isExtended } };
  const updatedAt = iso(status === "expired" ? expiry : lastChange);
  const given = request.expiresAt !== undefined && { grantedSeconds: grantedSeconds(request) };
  const { isEndedBySuspension } = request;
  return { ...facts(request, false), ...given, ...shown, status, updatedAt, noPushesAfter, isEndedBySuspension };
}

/** The stored request, without its `pushBy`. */
export function requestOf(request: Request): Item {
  const { instanceId, ...shown } = facts(request, true);
  return {
    ...shown,
    scope: request.tags ? { tags: request.tags } : { ...place, instanceId },
    status: request.status,
    endedAt: iso(request.endedAt),
    isEndedBySuspension: request.isEndedBySuspension,
    ...(request.extension && {
      extension: { ...extensionFacts(request, request.extension, true), endedAt: iso(request.extension.endedAt) },
    }),
    ...(request.extendedBy && { extendedBy: reviewsOf(request.extendedBy, true) }),
    sequence: request.events.length,
  };
}

/** The stored item, without its keys, events and `pushBy`. */
export function itemOf(request: Request): Item {
  const isOpen = request.status === "pending" || isGranted(request);
  const extension = request.extension?.status === "pending" ? request.extension : undefined;
  const active = request.tags && request.status === "active" ? "active-for-tags" : request.status;
  const partition = extension && isOpen ? "extending" : active;
  const part = isOpen ? "open" : "ended";
  const next = request.status === "scheduled" ? request.startsAt : extension?.pendingUntil;
  const dueAt = Math.min(endOf(request), next ?? Number.POSITIVE_INFINITY);
  return {
    ...requestOf(request),
    v: 1,
    reviewers: (extension?.reviews ?? countedReviews(request)).map(({ reviewer, integration }) =>
      integration === undefined ? reviewer : `integration/${integration}`,
    ),
    listed: "access-request",
    listedAt: indexKey(iso(request.createdAt) ?? "", request.id),
    listedAs: partition,
    listedFor: `${part}/${request.subject}`,
    listedBy: `${part}/${request.requestedBy}`,
    ...(!request.tags && { listedOn: `${part}/${request.instanceId}` }),
    ...(isOpen && { due: "expiry", dueAt: iso(dueAt) }),
  };
}
