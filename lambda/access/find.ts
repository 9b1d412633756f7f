import type { Caller } from "../../contract/caller.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { instanceIn, isInScope } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessPorts, AccessStore } from "./ports.ts";

/** An access request that the caller may see. */
export interface Found {
  readonly policy: PolicyEngine;
  readonly request: AccessRequest;
  /** Undefined if it no longer exists, or was not needed. */
  readonly instance: Instance | undefined;
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
  { caller, id }: { readonly caller: Caller; readonly id: string },
  { deadline: { signal }, note }: RequestContext,
  { describeOwn }: { readonly describeOwn: boolean } = { describeOwn: true },
): Promise<Found> {
  const [policy, request] = await Promise.all([ports.policy, ports.store.read(id, signal)]);
  if (!request) throw new Problem("access-request-not-found");
  const { scope, osUser } = request;
  const { instanceId } = { ...instanceIn(scope) };
  note({ accessRequestId: request.id, ...(instanceId && { instanceId }), osUser });
  const isDescribed = instanceId !== undefined && (describeOwn || !isOwn(caller, request));
  const described = isDescribed ? await ports.describeInstance(instanceId, signal) : undefined;
  const instance = described && isInScope(scope, described) ? described : undefined;
  if (!isVisible(policy, caller, request, instance)) throw new Problem("access-request-not-found");
  return { policy, request, instance };
}

type Parties = Pick<AccessRequest, "subject" | "requestedBy">;

/** Whether the caller is its subject or asked for it. They see it even if its instance no longer exists. */
export function isOwn({ id }: Caller, { subject, requestedBy }: Parties): boolean {
  return id === subject || id === requestedBy;
}

/** Subject and requester see an access request, and so does everybody who may view its instance. */
export function isVisible(
  policy: PolicyEngine,
  caller: Caller,
  request: Parties,
  instance: Instance | undefined,
): boolean {
  return isOwn(caller, request) || mayView(policy, caller, instance);
}
