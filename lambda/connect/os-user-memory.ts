/** Instances to remember. */
const mostInstances = 10_000;

/**
 * Remembers the default OS users of instances, to guess them the next time and get credentials in the first round trip. A
 * guess decides nothing: the instance is always read.
 */
export class OsUserMemory {
  readonly #users = new Map<string, string>();

  guess(instanceId: string): string | undefined {
    return this.#users.get(instanceId);
  }

  learn(instanceId: string, osUser: string): void {
    if (this.#users.size >= mostInstances) this.#users.clear();
    this.#users.set(instanceId, osUser);
  }
}
