import type { Caller } from "../../contract/caller.ts";
import { mayManageHostKeys } from "../policy/authorize.ts";
import { requireVisible } from "../policy/require-visible.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { NamedInstance } from "../targets/locate.ts";
import type { HostKeyPorts, HostKeyRecord } from "./ports.ts";

export interface ManagedInput extends NamedInstance {
  readonly caller: Caller;
}

/** An instance's host keys, and the policies that let the caller manage them. */
export interface Managed {
  readonly instance: Instance;
  readonly record: HostKeyRecord;
  readonly policies: readonly string[];
  readonly policyDigest: string;
}

/**
 * Finds an instance's host keys for a caller who may manage them.
 *
 * @throws Problem in this order: `instance-not-found` for an absent instance and for one that the caller may not view,
 *   `access-denied`; and as the ports do.
 */
export async function findManaged(
  ports: HostKeyPorts,
  { caller, instanceId, accountId, region }: ManagedInput,
  context: RequestContext,
): Promise<Managed> {
  const { deadline, note } = context;
  note({ instanceId });
  const named = { instanceId, accountId, region };
  const { policy } = ports;
  const instance = requireVisible(policy, caller, await ports.findInstance(named, context));
  const { allowed, policies } = mayManageHostKeys(policy, caller, instance);
  note({ policies });
  if (!allowed) throw new Problem("access-denied");
  const record = await ports.store.read(instance, deadline.signal);
  return { instance, record, policies, policyDigest: policy.digest };
}
