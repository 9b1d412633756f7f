import { type InstanceKey, instanceKey } from "../shared/instance.ts";

/** Instances to remember. */
const mostInstances = 10_000;

/**
 * Remembers the default OS users of instances, to guess them the next time and get credentials in the first round trip. A
 * guess decides nothing: the instance is always read.
 */
export class OsUserMemory {
  readonly #users = new Map<string, string>();

  guess(key: InstanceKey): string | undefined {
    return this.#users.get(instanceKey(key));
  }

  learn(key: InstanceKey, osUser: string): void {
    if (this.#users.size >= mostInstances) this.#users.clear();
    this.#users.set(instanceKey(key), osUser);
  }
}
