import type { HostKeyRecord, HostKeyReplacement, HostKeyStore } from "../../lambda/host-keys/ports.ts";
import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { InstanceKey } from "../../lambda/shared/instance.ts";
import type { TrailEvent } from "../../lambda/shared/trail-event.ts";

/** The host keys of one instance, as the table stores them. */
export class FakeHostKeyStore implements HostKeyStore {
  record: HostKeyRecord;
  reads = 0;
  readonly events: TrailEvent[] = [];
  /** Called before each write, to simulate another writer. */
  meanwhile: () => void = () => {};
  readonly #instanceId: string;

  constructor(instanceId: string, hostKeys: readonly StoredHostKey[] = [], sequence = 0) {
    this.#instanceId = instanceId;
    this.record = { hostKeys, sequence };
  }

  /** The change of another writer. */
  change(hostKeys: readonly StoredHostKey[]): void {
    this.record = { hostKeys, sequence: this.record.sequence + 1 };
  }

  async read({ instanceId }: InstanceKey): Promise<HostKeyRecord> {
    this.reads += 1;
    return instanceId === this.#instanceId ? this.record : { hostKeys: [], sequence: 0 };
  }

  async write({ instanceId }: InstanceKey, { before, hostKeys, event }: HostKeyReplacement): Promise<boolean> {
    if (instanceId !== this.#instanceId) throw new Error("Another instance's host keys are written");
    this.meanwhile();
    if (before.sequence !== this.record.sequence) return false;
    this.record = { hostKeys, sequence: before.sequence + 1 };
    this.events.push(event);
    return true;
  }
}
