import type { InstanceKey } from "../shared/instance.ts";
import type { TargetKey } from "../shared/target.ts";
import type { InventoryStore } from "./ports.ts";

/** Every instance that is known in a target. */
export async function knownIn(
  store: Pick<InventoryStore, "knownIn">,
  { accountId, region }: TargetKey,
  signal: AbortSignal,
): Promise<readonly InstanceKey[]> {
  const known: InstanceKey[] = [];
  for await (const { instanceId } of store.knownIn({ accountId, region }, signal)) {
    known.push({ accountId, region, instanceId });
  }
  return known;
}
