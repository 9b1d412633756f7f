import type { EndedSync, InventoryStore, SyncStatus } from "../../lambda/inventory/ports.ts";
import { type Instance, type InstanceKey, instanceKey } from "../../lambda/shared/instance.ts";
import { type TargetKey, targetKey } from "../../lambda/shared/target.ts";

/** An inventory in memory, which takes what it is told as the words of its port say. */
export class MemoryInventory implements InventoryStore {
  readonly known = new Map<string, { readonly instance: Instance; readonly observedAt: Date }>();
  readonly #inTarget = new Map<string, Set<string>>();
  readonly syncs = new Map<string, SyncStatus>();
  /** How many instances were written. */
  writes = 0;

  async remember(instances: readonly Instance[], observedAt: Date): Promise<void> {
    for (const instance of instances) {
      const before = this.known.get(instanceKey(instance));
      if (before && (before.observedAt >= observedAt || isSame(before.instance, instance))) continue;
      this.known.set(instanceKey(instance), { instance, observedAt });
      this.#of(instance).add(instanceKey(instance));
      this.writes += 1;
    }
  }

  async forget(keys: readonly InstanceKey[], observedAt: Date): Promise<void> {
    for (const key of keys) {
      const before = this.known.get(instanceKey(key));
      if (before && before.observedAt < observedAt) {
        this.known.delete(instanceKey(key));
        this.#of(key).delete(instanceKey(key));
      }
    }
  }

  async *knownIn(target: TargetKey) {
    for (const key of [...this.#of(target)]) {
      const known = this.known.get(key);
      if (known) yield { instanceId: known.instance.instanceId, observedAt: known.observedAt };
    }
  }

  async noteSync({ accountId, region }: TargetKey, { at, failure }: EndedSync): Promise<void> {
    const { syncedAt } = this.syncs.get(targetKey({ accountId, region })) ?? {};
    const status = failure ? { syncedAt, failedAt: at, ...failure } : { syncedAt: at };
    this.syncs.set(targetKey({ accountId, region }), { accountId, region, ...status });
  }

  async forgetSync(target: TargetKey): Promise<void> {
    this.syncs.delete(targetKey(target));
  }

  readSyncs = async (): Promise<readonly SyncStatus[]> => [...this.syncs.values()];

  #of(target: TargetKey): Set<string> {
    const keys = this.#inTarget.get(targetKey(target)) ?? new Set();
    this.#inTarget.set(targetKey(target), keys);
    return keys;
  }

  /** What it has of each instance, by `<account>/<region>/<id>`. */
  instances(): Readonly<Record<string, Instance>> {
    return Object.fromEntries([...this.known].map(([key, { instance }]) => [key, instance]));
  }
}

const isSame = (one: Instance, other: Instance) => JSON.stringify(one) === JSON.stringify(other);
