import { earlier, secondsAfter } from "../shared/time.ts";
import type { AccessRequest, Extension } from "./access-request.ts";
import { type Act, type Change, changeOf, type Rejection, type Step } from "./change.ts";
import { extensionAt, pendingExtension } from "./extension.ts";
import { grantedSecondsOf } from "./granted-seconds.ts";
import { asStarted, isApproved, statusAt } from "./status.ts";

// The state machine of an extension of active access, as pure functions: `pending`, then approved, denied, cancelled or expired.

/** The extension asked for, and the policy's terms for it. */
interface RequestedExtension extends Pick<Extension, "id" | "durationSeconds" | "reason" | "requirements"> {
  readonly pendingTimeoutSeconds: number;
}

/**
 * Adds an extension, which holds at once if it needs no approvals. Policy has permitted it before. Rejected with
 * `request-not-active`. None may be pending.
 */
export function extend(
  stored: AccessRequest,
  { pendingTimeoutSeconds, ...requested }: RequestedExtension,
  act: Act,
): Change | Rejection {
  const request = asStarted(stored, act.at);
  const { expiresAt } = request;
  if (statusAt(request, act.at) !== "active" || expiresAt === undefined) return { rejection: "request-not-active" };
  if (pendingExtension(request, act.at)) throw new Error("Another extension is pending");
  const createdAt = act.at.toISOString();
  const timeout = secondsAfter(act.at, pendingTimeoutSeconds);
  const pendingUntil = earlier(timeout, new Date(expiresAt)).toISOString();
  const asked = {
    ...requested,
    requestedBy: act.actor,
    status: "pending" as const,
    reviews: [],
    createdAt,
    pendingUntil,
  };
  const lapsed: readonly Step[] =
    request.extension?.status === "pending" ? [{ type: "access-request.extension-expired" }] : [];
  const requestedStep: Step = {
    type: "access-request.extension-requested",
    facts: { extensionReason: requested.reason },
  };
  const extending = { ...request, extension: asked };
  const { next, steps } = isApproved(requested.requirements, [])
    ? reviewedExtension(extending, [], "approved", act.at)
    : { next: extending, steps: [] };
  return changeOf(stored, next, [...lapsed, requestedStep, ...steps], act);
}

/** What a review has brought about. */
export type ReviewOutcome = "pending" | "approved" | "denied";

/** What it makes of the request, and the steps that it takes besides itself. */
export interface Reviewed {
  readonly next: AccessRequest;
  readonly steps: readonly Step[];
}

/** Active access after a review of its extension: one that is approved moves the end. */
export function reviewedExtension(
  request: AccessRequest,
  reviews: AccessRequest["reviews"],
  outcome: ReviewOutcome,
  at: Date,
): Reviewed {
  const { extension, expiresAt } = request;
  if (!extension || expiresAt === undefined) throw new Error("Only an extension of active access is reviewed");
  const isDecided = outcome !== "pending" && { endedAt: at.toISOString() };
  const reviewed = { ...request, extension: { ...extension, reviews, status: outcome, ...isDecided } };
  if (outcome === "denied") return { next: reviewed, steps: [{ type: "access-request.extension-denied" }] };
  if (outcome === "pending") return { next: reviewed, steps: [] };
  const until = secondsAfter(new Date(expiresAt), grantedSecondsOf(reviewed.extension)).toISOString();
  const next = { ...reviewed, expiresAt: until, extendedBy: reviews };
  return { next, steps: [{ type: "access-request.extended" }] };
}

/** The last extension once its access has ended, or once it has been withdrawn: not pending any more. */
export function cancelledExtension(request: AccessRequest, at: Date): Extension | undefined {
  const pending = pendingExtension(request, at);
  return pending ? { ...pending, status: "cancelled", endedAt: at.toISOString() } : extensionAt(request, at);
}
