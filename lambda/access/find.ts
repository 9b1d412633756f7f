import type { Caller } from "../../contract/caller.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { type Instance, isSameInstance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { instanceIn, isInScope, isTagScope, syntheticInstance } from "../shared/scope.ts";
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

export interface FindPorts extends Pick<AccessPorts, "policy" | "describeInstance"> {
  readonly store: Pick<AccessStore, "read">;
}

/**
 * Finds an access request that the caller may see.
 *
 * @param describeOwn whether to describe the instance of a request of the caller's own, which they see in any case.
 * @throws Problem `access-request-not-found` if it does not exist or the caller may not see it.
 */
export async function findVisible(
  ports: FindPorts,
  { caller, id, within }: { readonly caller: Caller; readonly id: string; readonly within?: NamedInstance | undefined },
  { deadline: { signal }, note }: RequestContext,
  { describeOwn }: { readonly describeOwn: boolean } = { describeOwn: true },
): Promise<Found> {
  const [policy, request] = await Promise.all([ports.policy, ports.store.read(id, signal)]);
  if (!request) throw new Problem("access-request-not-found");
  const { scope, osUser } = request;
  const { instanceId } = { ...instanceIn(scope) };
  note({ accessRequestId: request.id, ...(instanceId && { instanceId }), osUser });
  const isDescribed = describeOwn || !isOwn(caller, request);
  const describedId = isDescribed ? (instanceId ?? within?.instanceId) : undefined;
  const described = describedId === undefined ? undefined : await ports.describeInstance(describedId, signal);
  const live = described && isInScope(scope, described) ? described : undefined;
  if (!isTagScope(scope)) {
    if (!isVisible(policy, caller, request, live)) throw new Problem("access-request-not-found");
    return { policy, request, instance: live, named: undefined };
  }
  const named = live && isNamed(live, within) && mayView(policy, caller, live) ? live : undefined;
  const instance = syntheticInstance(scope);
  if (!named && !isVisible(policy, caller, request, instance)) throw new Problem("access-request-not-found");
  return { policy, request, instance, named };
}

/** An instance by whose right a caller acts on a request for tags. */
export interface NamedInstance {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

const isNamed = (instance: Instance, { accountId, region }: Omit<NamedInstance, "instanceId"> = {}) =>
  isSameInstance(instance, {
    ...instance,
    accountId: accountId ?? instance.accountId,
    region: region ?? instance.region,
  });

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
