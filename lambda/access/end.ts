import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { mayRevoke } from "../policy/authorize.ts";
import { type Command, changeWithRetries } from "./command.ts";
import { type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { cancel, revoke } from "./transitions.ts";

export type CancelRequest = ApiRequest<Routes["cancelAccessRequest"]>;
export type RevokeRequest = ApiRequest<Routes["revokeAccessRequest"]>;

/**
 * Takes a pending request back.
 *
 * @throws Problem in this order: `access-request-not-found`, `access-denied` (neither subject nor requester),
 *   `request-not-pending`; AWS's faults as the ports throw them.
 */
export async function cancelAccessRequest(ports: AccessPorts, request: CancelRequest): Promise<AccessRequestResponse> {
  const { request: found } = await findVisible(ports, request);
  const cancelled = await changeWithRetries(ports, found, cancelBy(request), request.deadline.signal);
  return accessRequestResponse(cancelled, ports.clock());
}

/** Decides on the cancellation, by what the access request is when it is written. */
export function cancelBy({ caller, body, requestId }: CancelRequest): Command {
  return (current, at) => cancel(current, body.comment, { actor: caller.id, at, requestId });
}

/**
 * Ends active access. The answer's `noPushesAfter` is read from the very write: no push is begun later.
 *
 * @throws Problem in this order: `access-request-not-found`, `access-denied` (neither subject nor reviewer, and policy does
 *   not permit it), `request-not-active`; AWS's faults as the ports throw them.
 */
export async function revokeAccessRequest(
  ports: AccessPorts,
  settings: Pick<AccessSettings, "policyTime">,
  request: RevokeRequest,
): Promise<AccessRequestResponse> {
  const found = await findVisible(ports, request);
  const command = revokeBy(settings, request, found);
  const revoked = await changeWithRetries(ports, found.request, command, request.deadline.signal);
  return accessRequestResponse(revoked, ports.clock());
}

/** Decides on the revocation, by what the access request is when it is written. */
export function revokeBy(
  settings: Pick<AccessSettings, "policyTime">,
  { caller, body, requestId, facts }: RevokeRequest,
  { policy, instance }: Found,
): Command {
  return (current, at) => {
    const context = { ...current, time: settings.policyTime(at) };
    const verdict = instance && mayRevoke(policy, caller, instance, context);
    const { allowed: isPermitted = false, policies } = { ...verdict };
    facts.policies = policies ?? [];
    // Subject and reviewers may without any policy: then none has let them.
    const right = isPermitted ? policies : undefined;
    const act = { actor: caller.id, at, requestId, policies: right, policyDigest: policy.digest };
    return revoke(current, { ...body, isPermitted }, act);
  };
}
