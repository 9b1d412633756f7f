import type { Caller } from "../../contract/caller.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessPorts, AccessStore } from "./ports.ts";
import { isOwn, isVisible } from "./visible.ts";

/** Who looks for an access request, and what was asked about it. */
interface Search {
  readonly caller: Caller;
  readonly params: { readonly id: string };
  readonly deadline: { readonly signal: AbortSignal };
  readonly facts: LogFields;
}

/** An access request that the caller may see. */
export interface Found {
  readonly policy: PolicyEngine;
  readonly request: AccessRequest;
  /** Undefined where it is not there any more, and where nobody had to ask for it. */
  readonly instance: Instance | undefined;
}

/** All that finding one reaches outside for. */
export interface FindPorts extends Pick<AccessPorts, "policy" | "describeInstance"> {
  readonly store: Pick<AccessStore, "read">;
}

/**
 * Finds an access request that the caller may see.
 *
 * @param describeOwn whether EC2 is asked for the instance even where the request is the caller's own, and so seen anyhow.
 * @throws Problem `access-request-not-found` for an absent one, for one that the caller may not see, for an id of no kind.
 */
export async function findVisible(
  ports: FindPorts,
  { caller, params: { id }, deadline: { signal }, facts }: Search,
  { describeOwn }: { readonly describeOwn: boolean } = { describeOwn: true },
): Promise<Found> {
  const [policy, request] = await Promise.all([ports.policy, ports.store.read(id, signal)]);
  if (!request) throw new Problem("access-request-not-found");
  const { instanceId, osUser } = request;
  Object.assign(facts, { accessRequestId: request.id, instanceId, osUser });
  const isDescribed = describeOwn || !isOwn(caller, request);
  const instance = isDescribed ? await ports.describeInstance(instanceId, signal) : undefined;
  if (!isVisible(policy, caller, request, instance)) throw new Problem("access-request-not-found");
  return { policy, request, instance };
}
