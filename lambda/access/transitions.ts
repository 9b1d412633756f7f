import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { ownId } from "../../contract/person-id.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { isTagScope, type Scope } from "../shared/scope.ts";
import type { Integration } from "../shared/settings.ts";
import { earlier, secondsAfter } from "../shared/time.ts";
import type { AccessRequest, Review, ReviewBasis } from "./access-request.ts";
import {
  type Act,
  type Change,
  type Creation,
  changeOf,
  creationOf,
  type Rejection,
  type Step,
  type Unnumbered,
} from "./change.ts";
import { allReviewsOf, askersOf, awaitingReview, countedReviews, extensionAt, pendingExtension } from "./extension.ts";
import { cancelledExtension, type Reviewed, type ReviewOutcome, reviewedExtension } from "./extension-transitions.ts";
import { grantedSecondsOf } from "./granted-seconds.ts";
import { approvalsOf, asStarted, isApproved, isGranted, isOpen, reviewerKey, statusAt } from "./status.ts";

// The state machine, as pure functions: `pending` becomes scheduled, active, denied, cancelled or expired, `scheduled` becomes
// active, cancelled or revoked, `active` becomes expired or revoked, and every other status is final. docs/access-requests.md
// draws it; extension-transitions.ts has the steps of an extension.

/** The access asked for, and the policy's terms for it. */
export interface RequestedAccess {
  readonly id: string;
  readonly subject: string;
  readonly scope: Scope;
  readonly osUser: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
  readonly startsAt?: string | undefined;
  /** Break-glass needs no approvals. */
  readonly requirements: Requirements;
  readonly pendingTimeoutSeconds: number;
}

/** A review, and whether policy permits it. */
export interface ReviewInput {
  readonly decision: "approve" | "deny";
  readonly comment?: string | undefined;
  /** With an approval: how long access may last at most. */
  readonly durationSeconds?: number | undefined;
  readonly isPermitted: boolean;
  /** The integration that the actor is, if any. */
  readonly integration?: Integration | undefined;
  /** Earlier reviews that count, of what is reviewed. Left out: all of them. */
  readonly counted?: AccessRequest["reviews"];
  /** What it was decided on, if the scope is tags. */
  readonly basis?: ReviewBasis | undefined;
  /** How many further approvals active access takes: `approvalsLeft`. Left out: none. */
  readonly left?: number | undefined;
}

/**
 * How many more approvals active access takes. One with a scope of tags goes on taking them, up to the largest number
 * that some policy looks for: another instance may need more of them than the scope does. Until its pending extension
 * is decided, reviews are of that.
 *
 * @param request without the reviews that suspensions have voided: others take their places.
 */
export function approvalsLeft(request: AccessRequest, mostApprovals: number, now: Date): number {
  const { scope, requirements, extension } = request;
  if (!isTagScope(scope) || statusAt(request, now) !== "active" || extension?.status === "pending") return 0;
  return Math.max(requirements.approvals, mostApprovals) - approvalsOf(countedReviews(request));
}

/** Creates a request, which is active or scheduled at once if it needs no approvals. Policy has permitted it before. */
export function create({ pendingTimeoutSeconds, ...requested }: RequestedAccess, act: Act): Creation {
  const { startsAt, durationSeconds } = requested;
  const timeout = secondsAfter(act.at, pendingTimeoutSeconds);
  const lastUse = startsAt === undefined ? timeout : secondsAfter(new Date(startsAt), durationSeconds);
  const asked: Unnumbered = {
    ...requested,
    requestedBy: act.actor,
    status: "pending",
    reviews: [],
    createdAt: act.at.toISOString(),
    pendingUntil: earlier(timeout, lastUse).toISOString(),
  };
  const created: Step = { type: "access-request.created" };
  if (!isApproved(requested.requirements, [])) return creationOf(asked, [created], act);
  const emergency: readonly Step[] = requested.breakGlass ? [{ type: "break-glass.used" }] : [];
  const granted = grantedState(asked, act.at);
  return creationOf(granted, [created, stepOf(granted), ...emergency], act);
}

/**
 * Adds the actor's review of the pending request, or of the pending extension of active access; else a further approval of active
 * access for tags. One denial ends what is reviewed; the last required approval starts access, or moves its end. Rejected in this
 * order: `self-review` for whom it gives access and who asked for it, `reviewer-not-allowed`, `request-not-pending`,
 * `already-reviewed`, `invalid-request` for a duration of more than was asked for, of scheduled access that would be
 * over, or with a further approval.
 */
export function review(
  stored: AccessRequest,
  { decision, comment, durationSeconds, isPermitted, integration, basis, left = 0, ...input }: ReviewInput,
  act: Act,
): Change | Rejection {
  const reviewer = act.actor;
  const request = asStarted(stored, act.at);
  const own = [reviewer, ...(integration?.identities ?? [])];
  if (askersOf(request).some((id) => own.includes(id))) return { rejection: "self-review" };
  if (!isPermitted) return { rejection: "reviewer-not-allowed" };
  const isFurther = decision === "approve" && left > 0;
  const further = isFurther ? { ...request, reviews: countedReviews(request) } : undefined;
  const reviewed = awaitingReview(request, act.at) ?? further;
  if (!reviewed) return { rejection: "request-not-pending" };
  const isSame = (earlier: Review) =>
    own.includes(earlier.reviewer) || (integration !== undefined && earlier.integration === integration.name);
  if (reviewed.reviews.some(isSame)) return { rejection: "already-reviewed" };
  if (durationSeconds !== undefined && durationSeconds > reviewed.durationSeconds) {
    return { rejection: "invalid-request", reason: "more-than-asked" };
  }

  // What is active has been given for a time: it can be revoked.
  if (durationSeconds !== undefined && isFurther) return { rejection: "invalid-request", reason: "already-active" };

  const verdict = {
    reviewer,
    ...(integration && { integration: integration.name }),
    decision,
    ...(comment !== undefined && { comment }),
  };
  const shortened = durationSeconds !== undefined && { durationSeconds };
  const given = { ...verdict, ...shortened, at: act.at.toISOString(), ...(basis && { basis }) };
  const reviews = [...reviewed.reviews, given];
  if (decision === "approve" && request.status === "pending" && isOver({ ...request, reviews }, act.at)) {
    return durationSeconds === undefined
      ? { rejection: "request-not-pending" }
      : { rejection: "invalid-request", reason: "already-over" };
  }
  // In an event, `durationSeconds` is what was asked for.
  const submitted: Step = { type: "review.submitted", facts: { ...verdict, approvedSeconds: durationSeconds } };
  const by = { reviewer: reviewerKey(given), own };
  if (isFurther) return { ...changeOf(stored, furtherApproved(request, given), [submitted], act), ...by };
  const isComplete = isApproved(reviewed.requirements, [...(input.counted ?? reviewed.reviews), given]);
  const outcome = decision === "deny" ? "denied" : isComplete ? "approved" : "pending";
  const { next, steps } =
    request.status === "pending"
      ? afterReview({ ...request, reviews }, outcome, act.at)
      : reviewedExtension(request, reviews, outcome, act.at);
  return { ...changeOf(stored, next, [submitted, ...steps], act), ...by };
}

/** Whether scheduled access would be over before its approval. */
const isOver = (request: AccessRequest, at: Date) => {
  const { startsAt } = request;
  return startsAt !== undefined && secondsAfter(new Date(startsAt), grantedSecondsOf(request)) <= at;
};

function afterReview(request: AccessRequest, outcome: ReviewOutcome, at: Date): Reviewed {
  if (outcome === "denied") return { next: ended(request, "denied", at), steps: [{ type: "access-request.denied" }] };
  if (outcome === "pending") return { next: request, steps: [] };
  const next = grantedState(request, at);
  return { next, steps: [stepOf(next)] };
}

/** Who approved an earlier end may approve again what an extension has moved. */
function furtherApproved({ extendedBy, ...request }: AccessRequest, given: Review): AccessRequest {
  const reviews = [...request.reviews, given];
  return { ...request, reviews, ...(extendedBy && { extendedBy: [...extendedBy, given] }) };
}

/**
 * Cancels a pending or scheduled request, or the pending extension of active access. Rejected with `access-denied`
 * unless the actor is the subject or asked for it, then with `request-not-pending`.
 */
export function cancel(request: AccessRequest, comment: string | undefined, act: Act): Change | Rejection {
  const extension = pendingExtension(request, act.at);
  if (![request.subject, request.requestedBy, extension?.requestedBy].includes(act.actor)) {
    return { rejection: "access-denied" };
  }
  if (extension) {
    const next = { ...request, extension: cancelledExtension(request, act.at) };
    return changeOf(request, next, [{ type: "access-request.extension-cancelled", facts: { comment } }], act);
  }
  const status = statusAt(request, act.at);
  if (status !== "pending" && status !== "scheduled") return { rejection: "request-not-pending" };
  const cancelled = ended(request, "cancelled", act.at);
  return changeOf(request, cancelled, [{ type: "access-request.cancelled", facts: { comment } }], act);
}

/**
 * Revokes active or scheduled access, and cancels its pending extension with it. Rejected with `access-denied` unless
 * the actor is the subject, a reviewer, or permitted by policy, then with `request-not-active`.
 */
export function revoke(
  stored: AccessRequest,
  { comment, isPermitted }: { readonly comment?: string | undefined; readonly isPermitted: boolean },
  act: Act,
): Change | Rejection {
  const request = asStarted(stored, act.at);
  const isParty = act.actor === request.subject || allReviewsOf(request).some(({ reviewer }) => reviewer === act.actor);
  if (!isParty && !isPermitted) return { rejection: "access-denied" };
  if (!isGranted(statusAt(request, act.at))) return { rejection: "request-not-active" };
  const revoked = ended(request, "revoked", act.at);
  return changeOf(stored, revoked, [{ type: "access-request.revoked", facts: { comment } }], act);
}

/** Records that a suspension has ended an open request. */
export function endSuspended(stored: AccessRequest, { at, requestId }: Pick<Act, "at" | "requestId">): Change {
  const request = asStarted(stored, at);
  const status = request.status === "pending" ? "cancelled" : "revoked";
  const facts = { comment: "Ended by a suspension." };
  const next = { ...ended(request, status, at), isEndedBySuspension: true };
  return changeOf(stored, next, [{ type: `access-request.${status}`, facts }], {
    actor: ownId,
    at,
    requestId,
  });
}

/**
 * Records what has started or ended by itself: scheduled access, an open request, or the pending extension of active
 * access. Undefined if nothing has.
 */
export function expire(stored: AccessRequest, at: Date, requestId: string): Change | undefined {
  if (!isOpen(stored.status)) return undefined;
  const request = asStarted(stored, at);
  const act = { actor: ownId, at, requestId };
  const extension = extensionAt(request, at);
  if (statusAt(request, at) !== "expired") {
    const lapsed = extension?.status !== request.extension?.status;
    if (!lapsed) return request === stored ? undefined : changeOf(stored, request, [], act);
    return changeOf(stored, { ...request, extension }, [{ type: "access-request.extension-expired" }], act);
  }
  return changeOf(stored, ended(request, "expired", at), [{ type: "access-request.expired" }], act);
}

/** Approved access: active at once, or scheduled until its start, from which its time counts in any case. */
function grantedState<State extends Unnumbered>(state: State, at: Date): State & { status: "active" | "scheduled" } {
  const start = state.startsAt === undefined ? at : new Date(state.startsAt);
  const expiresAt = secondsAfter(start, grantedSecondsOf(state)).toISOString();
  if (start > at) return { ...state, status: "scheduled", expiresAt };
  return { ...state, status: "active", activatedAt: at.toISOString(), expiresAt };
}

/** Every end of a request ends its pending extension in the same write. */
function ended(request: AccessRequest, status: AccessRequestStatus, at: Date): AccessRequest {
  const extension = cancelledExtension(request, at);
  return { ...request, status, endedAt: at.toISOString(), ...(extension && { extension }) };
}

const stepOf = ({ status }: { readonly status: "active" | "scheduled" }): Step => ({
  type: status === "active" ? "access-request.activated" : "access-request.scheduled",
});
