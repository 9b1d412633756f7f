import type { Instance, InstanceKey } from "../shared/instance.ts";
import type { TargetKey } from "../shared/target.ts";
import type { Partition, PartitionRange } from "./rows.ts";

/** An instance as it was when somebody looked: good for finding it, never for deciding what may be done with it. */
export interface ObservedInstance {
  readonly instance: Instance;
  readonly observedAt: Date;
}

/** Why the last sync of a target failed, if it did, and the last that did not. */
export interface SyncStatus extends TargetKey {
  /** When the last sync that saw all of the target began. */
  readonly syncedAt?: Date | undefined;
  /** The tags by which it made instances to be found. */
  readonly indexedTags?: readonly string[] | undefined;
  /** If the last sync failed: when it began, why, and how many have failed in a row. */
  readonly failedAt?: Date | undefined;
  readonly code?: string | undefined;
  readonly failures?: number | undefined;
}

/** How a sync ended. */
export interface EndedSync {
  /** When it began. */
  readonly at: Date;
  /** If it failed: why, and how many have failed in a row. */
  readonly failure?: { readonly code: string; readonly failures: number } | undefined;
}

/**
 * Keeps the inventory. Each call rejects with a Problem, and stops when its signal aborts; it can be repeated then. Writers may
 * overtake each other, since an observation never replaces a newer one. One that changed nothing is not written: an older one
 * that is on its way may still replace it, until the next sync.
 */
export interface InventoryStore {
  /** Keeps what was observed, and writes what has changed alone. */
  remember(instances: readonly Instance[], observedAt: Date, signal: AbortSignal): Promise<void>;
  /** Forgets instances that were looked for and are gone. */
  forget(keys: readonly InstanceKey[], observedAt: Date, signal: AbortSignal): Promise<void>;
  /** What is known in a target, in any order. `observedAt` is when the instance was last found to have changed, or earlier. */
  knownIn(
    target: TargetKey,
    signal: AbortSignal,
  ): AsyncIterable<Pick<InstanceKey, "instanceId"> & { observedAt: Date }>;
  /** Keeps how a sync of a target ended. */
  noteSync(target: TargetKey, sync: EndedSync, signal: AbortSignal): Promise<void>;
  /** Keeps no longer how syncs of a target ended. */
  forgetSync(target: TargetKey, signal: AbortSignal): Promise<void>;
}

/** An instance's place in a partition, in whose order it is listed. */
export interface Hit extends InstanceKey {
  readonly place: string;
}

/** Reads the inventory, for lists. Each call rejects with a Problem, and stops when its signal aborts. */
export interface InventoryReader {
  /**
   * The first hits of a partition's range, at most `limit`. A hit may be of something that has been true: the instance that is
   * then read says whether it still is.
   */
  findHits(
    partition: Partition,
    range: PartitionRange,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ readonly hits: readonly Hit[]; readonly hasMore: boolean }>;
  /** By `<account>/<region>/<id>`, those that are known. */
  readObserved(keys: readonly InstanceKey[], signal: AbortSignal): Promise<ReadonlyMap<string, ObservedInstance>>;
  /** Of every target that has been synced, or should have been. */
  readSyncs(signal: AbortSignal): Promise<readonly SyncStatus[]>;
}
