import type { Routes } from "../../contract/routes.ts";
import { requireVisible } from "../connect/assess.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { invalidField } from "../shared/problem.ts";
import type { Slot } from "./access-request.ts";
import { type Judgement, judgeWish } from "./evaluate-access-request.ts";
import type { AccessPorts, AccessSettings } from "./ports.ts";

export type CreateRequest = ApiRequest<Routes["createAccessRequest"]>;

/** What a caller may ask for, and by what right. */
export interface AuthorizedWish extends Judgement {
  readonly policyDigest: string;
}

/**
 * What access is asked for: the caller's own, where no subject is named.
 *
 * @throws Problem `invalid-request` for break-glass for somebody else.
 */
export function slotOf({ caller, body }: Pick<CreateRequest, "caller" | "body">): Slot {
  const { instanceId, osUser, breakGlass, subject = caller.id } = body;
  if (breakGlass && subject !== caller.id) throw invalidField("/breakGlass", "not-for-others");
  return { subject, instanceId, osUser };
}

/**
 * Decides whether the caller may ask for access, by what instance and policy are now. What is open already does not matter.
 *
 * @throws Problem in this order: `invalid-request` as above, `instance-not-found`, `access-denied` as `judgeWish`; AWS's
 *   faults as the port throws them.
 */
export async function authorizeWish(
  ports: Pick<AccessPorts, "clock" | "policy" | "describeInstance">,
  settings: AccessSettings,
  { caller, body, deadline, facts }: CreateRequest,
): Promise<AuthorizedWish> {
  const { subject, instanceId, osUser } = slotOf({ caller, body });
  Object.assign(facts, { instanceId, osUser });
  const [policy, described] = await Promise.all([ports.policy, ports.describeInstance(instanceId, deadline.signal)]);
  const instance = requireVisible(policy, caller, described);
  const time = settings.policyTime(ports.clock());
  const judged = judgeWish(policy, caller, instance, subject, body, time, settings.personRoles);
  facts.policies = judged.policies;
  return { ...judged, policyDigest: policy.digest };
}
