import type { Caller } from "../../contract/caller.ts";
import { mayReadAudit } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { requireVisible } from "../policy/require-visible.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { FindInstance } from "../targets/find-instance.ts";
import type { NamedInstance } from "../targets/locate.ts";

export interface GetPoliciesInput extends NamedInstance {
  readonly caller: Caller;
  /** Without `sha256:`. */
  readonly digest: string;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface GetPoliciesPorts {
  readonly policy: PolicyEngine;
  readonly findInstance: FindInstance;
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
  { caller, digest, ...named }: GetPoliciesInput,
  context: Pick<RequestContext, "deadline" | "note">,
) {
  const { policy } = ports;
  const instance = requireVisible(policy, caller, await ports.findInstance(named, context));
  if (!mayReadAudit(policy, caller, instance).allowed) throw new Problem("access-denied");
  const text = await ports.readPolicies(`sha256:${digest}`, context.deadline.signal);
  if (text === undefined) throw new Problem("policies-not-found");
  return { digest: `sha256:${digest}`, text };
}
