import type { Caller } from "../../contract/caller.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { instanceIn, isInScope, isTagScope, syntheticInstance } from "../shared/scope.ts";
import type { NamedInstance } from "../targets/locate.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessPorts, AccessStore } from "./ports.ts";

/** An access request that the caller may see. */
export interface Found {
  readonly policy: PolicyEngine;
  readonly request: AccessRequest;
  /** Of a scope of tags: the one that stands for all. Undefined if it no longer exists, or was not needed. */
  readonly instance: Instance | undefined;
  /** The instance that the caller has named, if the request covers it by its tags and the caller may view it. */
  readonly named: Instance | undefined;
}

export interface FindAccessRequest {
  readonly caller: Caller;
  readonly id: string;
  /** An instance by whose right the caller acts on a request for tags. */
  readonly within?: NamedInstance | undefined;
  /** Whether to describe the instance of a request of the caller's own, which they see in any case. By default it is. */
  readonly describeOwn?: boolean | undefined;
}

export interface FindPorts extends Pick<AccessPorts, "policy" | "findInstance"> {
  readonly store: Pick<AccessStore, "read">;
}

/**
 * Finds an access request that the caller may see.
 *
 * @throws Problem `access-request-not-found` if it does not exist or the caller may not see it.
 */
export async function findVisible(
  ports: FindPorts,
  { caller, id, within, describeOwn = true }: FindAccessRequest,
  context: RequestContext,
): Promise<Found> {
  const { policy } = ports;
  const request = await ports.store.read(id, context.deadline.signal);
  if (!request) throw new Problem("access-request-not-found");
  const { scope, osUser } = request;
  const own = instanceIn(scope);
  context.note({ accessRequestId: request.id, ...(own && { instanceId: own.instanceId }), osUser });
  const needed = describeOwn || !isOwn(caller, request) ? (own ?? within) : undefined;
  const described = needed && (await ports.findInstance(needed, context));
  const live = described && isInScope(scope, described) ? described : undefined;
  if (!isTagScope(scope)) {
    if (!isVisible(policy, caller, request, live)) throw new Problem("access-request-not-found");
    return { policy, request, instance: live, named: undefined };
  }
  const named = live && mayView(policy, caller, live) ? live : undefined;
  if (within && !named) context.note({ unseen: true });
  const instance = syntheticInstance(scope);
  if (!named && !isVisible(policy, caller, request, instance)) throw new Problem("access-request-not-found");
  return { policy, request, instance, named };
}

type Parties = Pick<AccessRequest, "subject" | "requestedBy">;

/** Whether the caller is its subject or asked for it. They see it even if its instance no longer exists. */
function isOwn({ id }: Caller, { subject, requestedBy }: Parties): boolean {
  return id === subject || id === requestedBy;
}

/**
 * Subject and requester see an access request, and so does everybody who may view its instance, or the one that stands
 * for its scope.
 */
export function isVisible(
  policy: PolicyEngine,
  caller: Caller,
  request: Parties,
  instance: Instance | undefined,
): boolean {
  return isOwn(caller, request) || mayView(policy, caller, instance);
}
