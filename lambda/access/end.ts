import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import { mayRevoke } from "../policy/authorize.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { NamedInstance } from "../targets/locate.ts";
import { applyTransition, type Transition } from "./apply-transition.ts";
import { type FindAccessRequest, type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { reviewContextOf } from "./review-context.ts";
import { cancel, revoke } from "./transitions.ts";

/** Ends the access request `id`: cancels it while pending, or revokes it while active. */
export interface EndAccessRequestInput {
  readonly caller: Caller;
  readonly id: string;
  readonly comment?: string | undefined;
}

/** A revocation may name an instance that the request covers by its tags, and act by right of that instance. */
export interface RevokeAccessRequestInput extends EndAccessRequestInput, Omit<NamedInstance, "instanceId"> {
  readonly instanceId?: string | undefined;
}

/** What is found of a request to cancel: whose it is decides, so its subject can end it while its target fails. */
export const toCancel = ({ caller, id }: EndAccessRequestInput): FindAccessRequest => ({
  ...{ caller, id },
  describeOwn: false,
});

/** What is found of a request to revoke. */
export const toRevoke = ({ caller, id, instanceId, accountId, region }: RevokeAccessRequestInput) => ({
  caller,
  id,
  within: instanceId === undefined ? undefined : { instanceId, accountId, region },
});

/**
 * Cancels a pending request.
 *
 * @throws Problem in this order: `access-request-not-found`, `access-denied` (neither subject nor requester),
 *   `request-not-pending`; and as the ports do.
 */
export async function cancelAccessRequest(
  ports: AccessPorts,
  _settings: AccessSettings,
  input: EndAccessRequestInput,
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const { request } = await findVisible(ports, toCancel(input), context);
  const cancelled = await applyTransition(ports.store, request, cancellation(input, context), context);
  return accessRequestResponse(cancelled, context.clock());
}

export function cancellation({ caller, comment }: EndAccessRequestInput, { requestId }: RequestContext): Transition {
  return (current, at) => cancel(current, comment, { actor: caller.id, at, requestId });
}

/**
 * Revokes active access. `noPushesAfter` comes from the item that the write returned: no push starts later.
 *
 * @throws Problem in this order: `access-request-not-found`, `access-denied` (neither subject nor reviewer, and not permitted by
 *   policy), `request-not-active`; and as the ports do.
 */
export async function revokeAccessRequest(
  ports: AccessPorts,
  settings: AccessSettings,
  input: RevokeAccessRequestInput,
  context: RequestContext,
): Promise<AccessRequestResponse> {
  const found = await findVisible(ports, toRevoke(input), context);
  const transition = revocation(settings, input, found, context);
  const revoked = await applyTransition(ports.store, found.request, transition, context);
  return accessRequestResponse(revoked, context.clock());
}

export function revocation(
  settings: AccessSettings,
  { caller, comment }: EndAccessRequestInput,
  { policy, instance, named }: Found,
  { requestId, sourceIp, note }: RequestContext,
): Transition {
  return (current, at) => {
    const context = reviewContextOf(current, { time: settings.policyTime(at), sourceIp });
    const verdicts = [instance, named].flatMap((each) => (each ? [mayRevoke(policy, caller, each, context)] : []));
    const verdict = verdicts.find(({ allowed }) => allowed) ?? verdicts[0];
    const { allowed: isPermitted = false, policies = [] } = { ...verdict };
    note({ policies });
    // Subject and reviewers need no policy: if none permits it, the event names none.
    const right = isPermitted ? policies : undefined;
    const act = { actor: caller.id, at, requestId, policies: right, policyDigest: policy.digest };
    return revoke(current, { comment, isPermitted }, act);
  };
}
