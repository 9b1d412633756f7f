import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import { mayReview } from "../policy/authorize.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { isTagScope } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import { applyTransition, type Transition } from "./apply-transition.ts";
import { awaitingReview, pendingExtension } from "./extension.ts";
import { type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { reviewContextOf } from "./review-context.ts";
import { statusAt } from "./status.ts";
import { isEndedBySuspension, partiesOf, withoutSuspended } from "./suspension.ts";
import { approvalsLeft, review } from "./transitions.ts";

export interface ReviewAccessRequestInput {
  readonly caller: Caller;
  readonly id: string;
  readonly decision: "approve" | "deny";
  readonly comment?: string | undefined;
  /** With an approval: how long access may last at most. */
  readonly durationSeconds?: number | undefined;
  /** What the reviewer has seen: the request, or an extension of it. Left out: what awaits review now. */
  readonly about?: { readonly extensionId?: string | undefined } | undefined;
}

/**
 * Approves or denies a pending request. The last required approval activates it; one denial ends it.
 *
 * @throws Problem in this order: `access-request-not-found`, `self-review`, `reviewer-not-allowed`, `request-not-pending`,
 *   `already-reviewed`, `invalid-request` (a duration of more than was asked for); and as the ports do.
 */
export async function reviewAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  input: ReviewAccessRequestInput,
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const found = await findVisible(ports, input, context);
  const transition = reviewing({ ...ports, ...settings }, input, found, context);
  const reviewed = await applyTransition(ports.store, found.request, transition, context);
  return accessRequestResponse(reviewed, context.clock());
}

type ReviewSettings = Pick<AccessPorts, "suspensions"> & Pick<AccessSettings, "policyTime" | "integrations">;

/**
 * A review of a request, without the reviews that suspensions have voided: those of a reviewer who is suspended, or was
 * since.
 */
export function reviewing(
  { suspensions, policyTime, integrations }: ReviewSettings,
  { caller, decision, comment, durationSeconds, about }: ReviewAccessRequestInput,
  { policy, instance }: Found,
  { requestId, via, sourceIp, note, deadline: { signal } }: RequestContext,
): Transition {
  return async (current, at) => {
    const found = await suspensions.readSuspensions(partiesOf(current), signal);
    const counted = isEndedBySuspension(current, found) ? undefined : withoutSuspended(current, found);
    const counting = counted && awaitingReview(counted, at);
    const context = reviewContextOf(current, { time: policyTime(at), sourceIp });
    const verdict = instance && mayReview(policy, caller, instance, context);
    const { allowed: isPermitted = false, policies } = { ...verdict };
    note({ policies: policies ?? [] });
    const act = { actor: caller.id, at, requestId, via, policies, policyDigest: policy.digest };
    const { kind, groups } = caller;
    const basis = isTagScope(current.scope) ? { kind, groups, context } : undefined;
    const integration = integrations.find(({ identities }) => identities.includes(caller.id));
    // A machine that is no integration has no say.
    const hasSay = kind === "person" || integration !== undefined;
    const given = { decision, comment, durationSeconds, isPermitted: isPermitted && hasSay, integration, basis };
    const left = counted && approvalsLeft(counted, policy.mostApprovals, at);
    const reviewed = review(current, { ...given, counted: counting?.reviews ?? [], left }, act);
    const isVoid = !counted || (!counting && awaitingReview(current, at) !== undefined);
    const isOther = about !== undefined && !isAwaited(about, current, at);
    return (isVoid || isOther) && !("rejection" in reviewed) ? { rejection: "request-not-pending" } : reviewed;
  };
}

/** Whether what somebody has seen is what awaits review. */
const isAwaited = (about: { readonly extensionId?: string | undefined }, request: AccessRequest, at: Date): boolean =>
  about.extensionId === undefined
    ? statusAt(request, at) === "pending"
    : about.extensionId === pendingExtension(request, at)?.id;
