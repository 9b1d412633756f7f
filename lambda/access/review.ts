import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { mayReview } from "../policy/authorize.ts";
import { type Command, changeWithRetries } from "./command.ts";
import { type Found, findVisible } from "./find.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";
import { accessRequestResponse } from "./response.ts";
import { review } from "./transitions.ts";

export type ReviewRequest = ApiRequest<Routes["reviewAccessRequest"]>;

/**
 * Takes a reviewer's word: the approval that completes the request begins the access, one denial ends it.
 *
 * @throws Problem in this order: `access-request-not-found`, `self-review`, `reviewer-not-allowed`, `request-not-pending`,
 *   `already-reviewed`; AWS's faults as the ports throw them.
 */
export async function reviewAccessRequest(
  ports: AccessPorts,
  settings: Pick<AccessSettings, "policyTime">,
  request: ReviewRequest,
): Promise<AccessRequestResponse> {
  const found = await findVisible(ports, request);
  const command = reviewBy(settings, request, found);
  const reviewed = await changeWithRetries(ports, found.request, command, request.deadline.signal);
  return accessRequestResponse(reviewed, ports.clock());
}

/** Decides on the reviewer's word, by what the access request is when it is written. */
export function reviewBy(
  settings: Pick<AccessSettings, "policyTime">,
  { caller, body, requestId, facts }: ReviewRequest,
  { policy, instance }: Found,
): Command {
  return (current, at) => {
    const context = { ...current, time: settings.policyTime(at) };
    const verdict = instance && mayReview(policy, caller, instance, context);
    const { allowed: isPermitted = false, policies } = { ...verdict };
    facts.policies = policies ?? [];
    const act = { actor: caller.id, at, requestId, policies, policyDigest: policy.digest };
    return review(current, { ...body, isPermitted }, act);
  };
}
