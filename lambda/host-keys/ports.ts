import type { PolicyEngine } from "../policy/engine.ts";
import type { InstanceKey } from "../shared/instance.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import type { FindInstance } from "../targets/find-instance.ts";
import type { StoredHostKey } from "./stored-host-key.ts";

/** An instance's host keys, as the table stores them. */
export interface HostKeyRecord {
  /** Of every source; `acceptedHostKeys` says which of them count. */
  readonly hostKeys: readonly StoredHostKey[];
  /** Counts the changes, each of which has an event: 0 if nothing is known of the instance. */
  readonly sequence: number;
  /** A newer version of Latchkey has written the record: it is not changed, and `hostKeys` is empty. */
  readonly isUnknown?: boolean;
}

/** A change of what is known of an instance's host keys. */
export interface HostKeyReplacement {
  /** As it was read. */
  readonly before: HostKeyRecord;
  /** All host keys after the change. */
  readonly hostKeys: readonly StoredHostKey[];
  /** Of the change. */
  readonly event: TrailEvent;
}

export interface HostKeyStore {
  /** By a consistent read. */
  read(instance: InstanceKey, signal: AbortSignal): Promise<HostKeyRecord>;
  /**
   * Replaces a record, in one conditional write of one item.
   *
   * @returns false if the record has changed since it was read; nothing is written.
   */
  write(instance: InstanceKey, change: HostKeyReplacement, signal: AbortSignal): Promise<boolean>;
}

/** Everything that managing host keys needs from outside. Each call rejects with a Problem, and stops when its signal aborts. */
export interface HostKeyPorts {
  readonly policy: PolicyEngine;
  readonly findInstance: FindInstance;
  readonly store: HostKeyStore;
}
