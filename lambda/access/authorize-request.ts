import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { invalidField } from "../shared/problem.ts";
import type { AccessTarget } from "./access-request.ts";
import { type Evaluation, evaluateAccessRequest } from "./evaluate-access-request.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";

export type CreateRequest = ApiRequest<Routes["createAccessRequest"]>;

/** What a caller may ask for, and by what right. */
export interface AuthorizedRequest extends Evaluation {
  readonly policyDigest: string;
}

/**
 * What access is asked for: the caller's own, where no subject is named.
 *
 * @throws Problem `invalid-request` for break-glass for somebody else.
 */
export function accessTargetOf({ caller, body }: Pick<CreateRequest, "caller" | "body">): AccessTarget {
  const { instanceId, osUser, breakGlass, subject = caller.id } = body;
  if (breakGlass && subject !== caller.id) throw invalidField("/breakGlass", "not-for-others");
  return { subject, instanceId, osUser };
}

/**
 * Decides whether the caller may ask for access, by what instance and policy are now. What is open already does not matter.
 *
 * @throws Problem in this order: `invalid-request` as above, `instance-not-found`, `access-denied` as `evaluateAccessRequest`; AWS's
 *   faults as the port throws them.
 */
export async function authorizeRequest(
  ports: Pick<AccessPorts, "clock" | "policy" | "describeInstance">,
  settings: AccessSettings,
  { caller, body, deadline, facts }: CreateRequest,
): Promise<AuthorizedRequest> {
  const { subject, instanceId, osUser } = accessTargetOf({ caller, body });
  Object.assign(facts, { instanceId, osUser });
  const [policy, described] = await Promise.all([ports.policy, ports.describeInstance(instanceId, deadline.signal)]);
  const instance = requireVisible(policy, caller, described);
  const time = settings.policyTime(ports.clock());
  const judged = evaluateAccessRequest(policy, caller, instance, subject, body, time, settings.personRoles);
  facts.policies = judged.policies;
  return { ...judged, policyDigest: policy.digest };
}
