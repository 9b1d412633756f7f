import type { Caller } from "../../contract/caller.ts";
import type { DescribeInstances } from "../lists/known-instances.ts";
import { mayReadAudit } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";

export interface GetPoliciesInput {
  readonly caller: Caller;
  /** Without `sha256:`. */
  readonly digest: string;
  readonly instanceId: string;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface GetPoliciesPorts {
  readonly policy: Promise<PolicyEngine>;
  readonly describeInstances: DescribeInstances;
  /** The text of this digest. Undefined if it is not kept. */
  readPolicies(digest: string, signal: AbortSignal): Promise<string | undefined>;
}

/**
 * The policies of a digest. One set decides about every instance, so who may read the trail of one instance may read all of it.
 *
 * @throws Problem in this order: `instance-not-found`, `access-denied`, `policies-not-found`; and as the ports do.
 */
export async function getPolicies(
  ports: GetPoliciesPorts,
  { caller, digest, instanceId }: GetPoliciesInput,
  { deadline: { signal } }: Pick<RequestContext, "deadline">,
) {
  const [policy, described] = await Promise.all([ports.policy, ports.describeInstances([instanceId], signal)]);
  const instance = requireVisible(policy, caller, described.get(instanceId));
  if (!mayReadAudit(policy, caller, instance).allowed) throw new Problem("access-denied");
  const text = await ports.readPolicies(`sha256:${digest}`, signal);
  if (text === undefined) throw new Problem("policies-not-found");
  return { digest: `sha256:${digest}`, text };
}
