import { type Instance, type InstanceKey, isSameInstance } from "../shared/instance.ts";

/** Those of the instances that there are, by id. Rejects with a Problem, and ends when its signal does. */
export type DescribeInstances = (
  instanceIds: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Instance>>;

/** The instances of one request's list: each is described once, however many of its entries are about it. */
export class KnownInstances {
  readonly #instances = new Map<string, Instance | undefined>();
  readonly #describe: DescribeInstances;
  readonly #signal: AbortSignal;

  constructor(describe: DescribeInstances, signal: AbortSignal) {
    this.#describe = describe;
    this.#signal = signal;
  }

  /** Learns of those that are not known yet, all at once. Called before `get`. */
  async learn(instanceIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(instanceIds)].filter((instanceId) => !this.#instances.has(instanceId));
    if (unknown.length === 0) return;
    const found = await this.#describe(unknown, this.#signal);
    for (const instanceId of unknown) this.#instances.set(instanceId, found.get(instanceId));
  }

  /** Undefined if there is no such instance. */
  get(key: InstanceKey): Instance | undefined {
    const instance = this.#instances.get(key.instanceId);
    return instance && isSameInstance(instance, key) ? instance : undefined;
  }

  /** The instance with this id in the stack's own target. Undefined if there is none. */
  withId(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }
}
