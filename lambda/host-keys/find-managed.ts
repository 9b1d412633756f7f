import type { Caller } from "../../contract/caller.ts";
import { mayManageHostKeys, mayView } from "../policy/authorize.ts";
import { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";
import type { HostKeyPorts, HostKeyRecord } from "./ports.ts";

/** Who asks about an instance's host keys. */
interface Search {
  readonly caller: Caller;
  readonly params: { readonly instanceId: string };
  readonly deadline: { readonly signal: AbortSignal };
  readonly facts: LogFields;
}

/** What is known of an instance's host keys, and by what right the caller manages them. */
export interface Managed {
  readonly record: HostKeyRecord;
  readonly policies: readonly string[];
  readonly policyDigest: string;
}

/**
 * Finds an instance's host keys for a caller who may manage them.
 *
 * @throws Problem in this order: `instance-not-found` for an absent instance and for one that the caller may not view,
 *   `access-denied`; AWS's faults as the ports throw them.
 */
export async function findManaged(
  ports: HostKeyPorts,
  { caller, params: { instanceId }, deadline: { signal }, facts }: Search,
): Promise<Managed> {
  facts.instanceId = instanceId;
  const [policy, instance, record] = await Promise.all([
    ports.policy,
    ports.describeInstance(instanceId, signal),
    ports.store.read(instanceId, signal),
  ]);
  if (!mayView(policy, caller, instance)) throw new Problem("instance-not-found");
  const { allowed, policies } = mayManageHostKeys(policy, caller, instance);
  facts.policies = policies;
  if (!allowed) throw new Problem("access-denied");
  return { record, policies, policyDigest: policy.digest };
}
