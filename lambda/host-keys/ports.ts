import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import type { StoredHostKey } from "./stored-host-key.ts";

/** All that the table holds of an instance's host keys. */
export interface HostKeyRecord {
  /** Of every source; `acceptedHostKeys` says which of them count. */
  readonly hostKeys: readonly StoredHostKey[];
  /** Counts the changes, each of which carries an event: 0 where nothing is known of the instance. */
  readonly sequence: number;
  /** A newer version of Latchkey has written the record: it is not changed, and `hostKeys` is empty. */
  readonly isUnknown?: boolean;
}

export interface HostKeyStore {
  /** By a consistent read. */
  read(instanceId: string, signal: AbortSignal): Promise<HostKeyRecord>;
  /**
   * Puts these host keys in the place of all that `before` had, with the event that the change makes: one conditional write of
   * one item.
   *
   * @returns false where somebody has changed the record since it was read: then nothing is written.
   */
  write(
    instanceId: string,
    before: HostKeyRecord,
    hostKeys: readonly StoredHostKey[],
    event: TrailEvent,
    signal: AbortSignal,
  ): Promise<boolean>;
}

/** All that looking after host keys reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface HostKeyPorts {
  clock(): Date;
  readonly policy: Promise<PolicyEngine>;
  describeInstance(instanceId: string, signal: AbortSignal): Promise<Instance | undefined>;
  readonly store: HostKeyStore;
}
