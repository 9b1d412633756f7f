import type { AccessRequestStatus } from "../../contract/access-request.ts";
import { isPersonId, ownId } from "../../contract/person-id.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { isTagScope, type Scope } from "../shared/scope.ts";
import type { Integration } from "../shared/settings.ts";
import { secondsAfter } from "../shared/time.ts";
import type { AccessRequest, ReviewBasis } from "./access-request.ts";
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
import { grantedSecondsOf } from "./granted-seconds.ts";

// The whole state machine, as pure functions: `pending` becomes active, denied, cancelled or expired, `active` becomes expired or
// revoked, and every other status is final. docs/access-requests.md draws it.

/** The access asked for, and the policy's terms for it. */
export interface RequestedAccess {
  readonly id: string;
  readonly subject: string;
  readonly scope: Scope;
  readonly osUser: string;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly breakGlass: boolean;
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
  /** Earlier reviews that count. Left out: all of them. */
  readonly counted?: AccessRequest["reviews"];
  /** What it was decided on, if the scope is tags. */
  readonly basis?: ReviewBasis | undefined;
  /** The largest number of approvals that some policy looks for: how many active access for tags takes. Left out: none. */
  readonly mostApprovals?: number | undefined;
}

/**
 * The status at a moment. An open request expires at its end, even before that is written; the end itself counts as expired, and
 * so does an end that cannot be read.
 */
export function statusAt(
  request: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">,
  now: Date,
): AccessRequestStatus {
  if (!isOpen(request.status)) return request.status;
  return now.getTime() < Date.parse(endOf(request) ?? "") ? request.status : "expired";
}

/** When an open request expires (ISO 8601). Undefined for one that has ended. */
export function endOf({
  status,
  pendingUntil,
  expiresAt,
}: Pick<AccessRequest, "status" | "pendingUntil" | "expiresAt">) {
  if (status === "pending") return pendingUntil;
  return status === "active" ? expiresAt : undefined;
}

/** How many people have approved. */
export function approvalsOf(reviews: AccessRequest["reviews"]): number {
  return reviews.filter(({ decision, reviewer }) => decision === "approve" && isPersonId(reviewer)).length;
}

/** The integrations that have approved. */
export function integrationsOf(reviews: AccessRequest["reviews"]): readonly string[] {
  return reviews.flatMap(({ decision, integration }) => (decision === "approve" && integration) || []);
}

/** Whether reviews are enough. */
export function isApproved({ approvals, alternatives }: Requirements, reviews: AccessRequest["reviews"]): boolean {
  const integrations = integrationsOf(reviews);
  return (alternatives ?? [{ approvals, integrations: [] }]).some(
    (one) => approvalsOf(reviews) >= one.approvals && one.integrations.every((each) => integrations.includes(each)),
  );
}

export type OpenStatus = Extract<AccessRequestStatus, "pending" | "active">;

export const isOpen = (status: AccessRequestStatus): status is OpenStatus =>
  status === "pending" || status === "active";

/**
 * How many more approvals a request takes. One with a scope of tags goes on taking them while it is active, up to the largest number
 * that some policy looks for: another instance may need more of them than the scope does.
 */
export function approvalsLeft(request: AccessRequest, mostApprovals: number, now: Date): number {
  const status = statusAt(request, now);
  const needed = request.requirements.approvals;
  const most = isTagScope(request.scope) && status === "active" ? Math.max(needed, mostApprovals) : needed;
  return status === "pending" || status === "active" ? most - approvalsOf(request.reviews) : 0;
}

/** Creates a request, which is active at once if it needs no approvals. Policy has permitted it before. */
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
  if (!isApproved(requested.requirements, [])) return creationOf(asked, [created], act);
  const emergency: readonly Step[] = requested.breakGlass ? [{ type: "break-glass.used" }] : [];
  return creationOf(activated(asked, act.at), [created, { type: "access-request.activated" }, ...emergency], act);
}

/**
 * Adds the actor's review. One denial ends a pending request; the last required approval activates it. Active access takes no
 * denials: it is revoked. Rejected in this order: `self-review` for subject and requester, `reviewer-not-allowed`,
 * `request-not-pending`, `already-reviewed`, `invalid-request` for a duration of more than was asked for, or for active access.
 */
export function review(
  request: AccessRequest,
  {
    decision,
    comment,
    durationSeconds,
    isPermitted,
    integration,
    counted = request.reviews,
    basis,
    mostApprovals = 0,
  }: ReviewInput,
  act: Act,
): Change | Rejection {
  const reviewer = act.actor;
  const own = [reviewer, ...(integration?.identities ?? [])];
  if (own.includes(request.subject) || own.includes(request.requestedBy)) return { rejection: "self-review" };
  if (!isPermitted) return { rejection: "reviewer-not-allowed" };
  const isPending = statusAt(request, act.at) === "pending";
  const isTaken = isPending || (decision === "approve" && approvalsLeft(request, mostApprovals, act.at) > 0);
  if (!isTaken) return { rejection: "request-not-pending" };
  const isSame = (earlier: AccessRequest["reviews"][number]) =>
    own.includes(earlier.reviewer) || (integration !== undefined && earlier.integration === integration.name);
  if (request.reviews.some(isSame)) return { rejection: "already-reviewed" };

  if (durationSeconds !== undefined && durationSeconds > request.durationSeconds) {
    return { rejection: "invalid-request", reason: "more-than-asked" };
  }

  // What is active has been given for a time: it can be revoked.
  if (durationSeconds !== undefined && !isPending) return { rejection: "invalid-request", reason: "already-active" };

  const verdict = {
    reviewer,
    ...(integration && { integration: integration.name }),
    decision,
    ...(comment !== undefined && { comment }),
  };
  const shortened = durationSeconds !== undefined && { durationSeconds };
  const given = { ...verdict, ...shortened, at: act.at.toISOString(), ...(basis && { basis }) };
  const reviewed = { ...request, reviews: [...request.reviews, given] };
  // In an event, `durationSeconds` is what was asked for.
  const submitted: Step = { type: "review.submitted", facts: { ...verdict, approvedSeconds: durationSeconds } };
  if (decision === "deny") {
    const denied = ended(reviewed, "denied", act.at);
    return {
      ...changeOf(request, denied, [submitted, { type: "access-request.denied" }], act),
      reviewer: reviewerKey(given),
      own,
    };
  }
  if (!isPending || !isApproved(request.requirements, [...counted, given]))
    return { ...changeOf(request, reviewed, [submitted], act), reviewer: reviewerKey(given), own };
  const active = activated(reviewed, act.at);
  return {
    ...changeOf(request, active, [submitted, { type: "access-request.activated" }], act),
    reviewer: reviewerKey(given),
    own,
  };
}

/** What a reviewer counts as, once: an integration by its one name, which is no caller's id. */
export const reviewerKey = ({ reviewer, integration }: AccessRequest["reviews"][number]): string =>
  integration === undefined ? reviewer : `integration/${integration}`;

/** Rejected with `access-denied` unless the actor is subject or requester, then with `request-not-pending`. */
export function cancel(request: AccessRequest, comment: string | undefined, act: Act): Change | Rejection {
  if (act.actor !== request.subject && act.actor !== request.requestedBy) return { rejection: "access-denied" };
  if (statusAt(request, act.at) !== "pending") return { rejection: "request-not-pending" };
  const cancelled = ended(request, "cancelled", act.at);
  return changeOf(request, cancelled, [{ type: "access-request.cancelled", facts: { comment } }], act);
}

/**
 * Rejected with `access-denied` unless the actor is the subject, a reviewer, or permitted by policy, then with
 * `request-not-active`.
 */
export function revoke(
  request: AccessRequest,
  { comment, isPermitted }: { readonly comment?: string | undefined; readonly isPermitted: boolean },
  act: Act,
): Change | Rejection {
  const isParty = act.actor === request.subject || request.reviews.some(({ reviewer }) => reviewer === act.actor);
  if (!isParty && !isPermitted) return { rejection: "access-denied" };
  if (statusAt(request, act.at) !== "active") return { rejection: "request-not-active" };
  const revoked = ended(request, "revoked", act.at);
  return changeOf(request, revoked, [{ type: "access-request.revoked", facts: { comment } }], act);
}

/** Records that a suspension has ended an open request. */
export function endSuspended(request: AccessRequest, { at, requestId }: Pick<Act, "at" | "requestId">): Change {
  const status = request.status === "pending" ? "cancelled" : "revoked";
  const facts = { comment: "Ended by a suspension." };
  const next = { ...ended(request, status, at), isEndedBySuspension: true };
  return changeOf(request, next, [{ type: `access-request.${status}`, facts }], {
    actor: ownId,
    at,
    requestId,
  });
}

/** Expires an open request whose end has come. Undefined for any other. */
export function expire(request: AccessRequest, at: Date, requestId: string): Change | undefined {
  if (!isOpen(request.status) || statusAt(request, at) !== "expired") return undefined;
  const act = { actor: ownId, at, requestId };
  return changeOf(request, ended(request, "expired", at), [{ type: "access-request.expired" }], act);
}

function activated<State extends Unnumbered>(state: State, at: Date): State {
  const expiresAt = secondsAfter(at, grantedSecondsOf(state));
  return { ...state, status: "active", activatedAt: at.toISOString(), expiresAt: expiresAt.toISOString() };
}

function ended(request: AccessRequest, status: AccessRequestStatus, at: Date): AccessRequest {
  return { ...request, status, endedAt: at.toISOString() };
}
