import { type Instance, type InstanceKey, instanceKey } from "../shared/instance.ts";
import { targetKey } from "../shared/target.ts";
import type { DescribeInstances, FailedTarget } from "../targets/describe-instances.ts";

/** The instances of one request's list: each is described once, however many of its entries are about it. */
export class KnownInstances {
  readonly #instances = new Map<string, Instance | undefined>();
  readonly #failed = new Map<string, FailedTarget>();
  readonly #describe: DescribeInstances;
  readonly #signal: AbortSignal;

  constructor(describe: DescribeInstances, signal: AbortSignal) {
    this.#describe = describe;
    this.#signal = signal;
  }

  /** Takes one that has just been read. */
  know(instance: Instance): void {
    this.#instances.set(instanceKey(instance), instance);
  }

  /** Learns of those that are not known yet, all at once. A target that has failed is not called again. Called before `get`. */
  async learn(keys: readonly InstanceKey[]): Promise<void> {
    const unknown = new Map(
      keys
        .filter((key) => !this.#instances.has(instanceKey(key)) && !this.#failed.has(targetKey(key)))
        .map((key) => [instanceKey(key), key]),
    );
    if (unknown.size === 0) return;
    const { instances, failed } = await this.#describe([...unknown.values()], this.#signal);
    for (const one of failed) this.#failed.set(targetKey(one), one);
    for (const [key] of unknown) this.#instances.set(key, instances.get(key));
  }

  /** Undefined if there is no such instance, or its target has failed. */
  get(key: InstanceKey): Instance | undefined {
    return this.#instances.get(instanceKey(key));
  }

  /** Those of which it is not known whether they exist, and why. */
  unread(keys: readonly InstanceKey[]): { readonly key: InstanceKey; readonly failure: FailedTarget }[] {
    return keys.flatMap((key) => {
      const failure = this.#failed.get(targetKey(key));
      return failure ? [{ key, failure }] : [];
    });
  }
}
