/** Instances that are remembered. */
const mostInstances = 10_000;

/**
 * The OS users that instances turned out to have by default: what is guessed the next time, so that credentials need not be
 * taken twice. A guess decides nothing, since the instance is looked at all the same.
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
