import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { ownId } from "../../contract/caller.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { secondsAfter } from "../shared/time.ts";
import type { AccessRequest, AccessTarget } from "./access-request.ts";
import {
  type Act,
  type Change,
  type Creation,
  changeOf,
  creationOf,
  type Refusal,
  type Step,
  type Unnumbered,
} from "./change.ts";

// The whole state machine, pure: `pending` becomes active, denied, cancelled or expired, `active` becomes expired or
// revoked, and nothing else becomes anything. docs/access-requests.md draws it.

/** What is asked for, and what policy says of it. */
export interface RequestedAccess extends AccessTarget {
  readonly id: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
  /** Of break-glass none are left. */
  readonly requirements: Requirements;
  readonly pendingTimeoutSeconds: number;
}

/** What a reviewer says, and whether policy lets them. */
export interface ReviewInput {
  readonly decision: "approve" | "deny";
  readonly comment?: string | undefined;
  readonly isPermitted: boolean;
}

/**
 * The status at a moment: what is open has expired once its time is over, even before anything has written so. The moment at
 * which it ends is outside, and an end that cannot be read is behind us.
 */
export function statusAt(
  request: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">,
  now: Date,
): AccessRequestStatus {
  if (!isOpen(request.status)) return request.status;
  return now.getTime() < Date.parse(endOf(request) ?? "") ? request.status : "expired";
}

/** When an open request ends by itself (ISO 8601). Undefined: it has ended. */
export function endOf({
  status,
  pendingUntil,
  expiresAt,
}: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">) {
  if (status === "pending") return pendingUntil;
  return status === "active" ? expiresAt : undefined;
}

/** How many of the reviews approve. */
export function approvalsOf(reviews: AccessRequest["reviews"]): number {
  return reviews.filter(({ decision }) => decision === "approve").length;
}

export const isOpen = (status: AccessRequestStatus) => status === "pending" || status === "active";

/** What no approval is left to be given to is active at once. That policy lets it be asked for has been judged before. */
export function create({ pendingTimeoutSeconds, ...requested }: RequestedAccess, act: Act): Creation {
  const asked: Unnumbered = {
    ...requested,
    requestedBy: act.actor,
    status: "pending",
    reviews: [],
    createdAt: act.at.toISOString(),
    pendingUntil: secondsAfter(act.at, pendingTimeoutSeconds).toISOString(),
  };
  const created: Step = { type: "access-request.created" };
  if (requested.requirements.approvals > 0) return creationOf(asked, [created], act);
  const emergency: readonly Step[] = requested.breakGlass ? [{ type: "break-glass.used" }] : [];
  return creationOf(activated(asked, act.at), [created, { type: "access-request.activated" }, ...emergency], act);
}

/**
 * Refused in this order: `self-review` to the subject and to who asked, `reviewer-not-allowed`, `request-not-pending`,
 * `already-reviewed`. The actor is the reviewer. One denial ends the request; the approval that completes it begins the access.
 */
export function review(
  request: AccessRequest,
  { decision, comment, isPermitted }: ReviewInput,
  act: Act,
): Change | Refusal {
  const reviewer = act.actor;
  if (reviewer === request.subject || reviewer === request.requestedBy) return { refusal: "self-review" };
  if (!isPermitted) return { refusal: "reviewer-not-allowed" };
  if (statusAt(request, act.at) !== "pending") return { refusal: "request-not-pending" };
  if (request.reviews.some((earlier) => earlier.reviewer === reviewer)) return { refusal: "already-reviewed" };

  const word = { reviewer, decision, ...(comment !== undefined && { comment }) };
  const reviewed = { ...request, reviews: [...request.reviews, { ...word, at: act.at.toISOString() }] };
  const submitted: Step = { type: "review.submitted", facts: word };
  if (decision === "deny") {
    const denied = ended(reviewed, "denied", act.at);
    return { ...changeOf(request, denied, [submitted, { type: "access-request.denied" }], act), reviewer };
  }
  if (approvalsOf(reviewed.reviews) < request.requirements.approvals)
    return { ...changeOf(request, reviewed, [submitted], act), reviewer };
  const active = activated(reviewed, act.at);
  return { ...changeOf(request, active, [submitted, { type: "access-request.activated" }], act), reviewer };
}

/** By the subject and by who asked: else `access-denied`. Then `request-not-pending`. */
export function cancel(request: AccessRequest, comment: string | undefined, act: Act): Change | Refusal {
  if (act.actor !== request.subject && act.actor !== request.requestedBy) return { refusal: "access-denied" };
  if (statusAt(request, act.at) !== "pending") return { refusal: "request-not-pending" };
  const cancelled = ended(request, "cancelled", act.at);
  return changeOf(request, cancelled, [{ type: "access-request.cancelled", facts: { comment } }], act);
}

/** By the subject, by its reviewers, and by whom policy permits: else `access-denied`. Then `request-not-active`. */
export function revoke(
  request: AccessRequest,
  { comment, isPermitted }: { readonly comment?: string | undefined; readonly isPermitted: boolean },
  act: Act,
): Change | Refusal {
  const isParty = act.actor === request.subject || request.reviews.some(({ reviewer }) => reviewer === act.actor);
  if (!isParty && !isPermitted) return { refusal: "access-denied" };
  if (statusAt(request, act.at) !== "active") return { refusal: "request-not-active" };
  const revoked = ended(request, "revoked", act.at);
  return changeOf(request, revoked, [{ type: "access-request.revoked", facts: { comment } }], act);
}

/** What time has done. Undefined: nothing, for its time is not over, or it has ended. */
export function expire(request: AccessRequest, at: Date, requestId: string): Change | undefined {
  if (!isOpen(request.status) || statusAt(request, at) !== "expired") return undefined;
  const act = { actor: ownId, at, requestId };
  return changeOf(request, ended(request, "expired", at), [{ type: "access-request.expired" }], act);
}

function activated<State extends Unnumbered>(state: State, at: Date): State {
  const expiresAt = secondsAfter(at, state.durationSeconds);
  return { ...state, status: "active", activatedAt: at.toISOString(), expiresAt: expiresAt.toISOString() };
}

function ended(request: AccessRequest, status: AccessRequestStatus, at: Date): AccessRequest {
  return { ...request, status, endedAt: at.toISOString() };
}
