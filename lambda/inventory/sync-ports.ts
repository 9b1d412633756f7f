import type { Instance } from "../shared/instance.ts";
import type { Target } from "../shared/target.ts";
import type { InventoryStore } from "./ports.ts";
import type { RecentFailures } from "./recent-failures.ts";
import type { SyncQueue } from "./sync-message.ts";

/** A page of the instances of a target. */
export interface InstancePage {
  readonly instances: readonly Instance[];
  /** Undefined on the last page. */
  readonly nextToken?: string | undefined;
}

/** Reads targets live, each call for as long as one target may take. Rejects with a Problem, and stops when its signal aborts. */
export interface TargetReader {
  /** One page of all instances, in any order. It may be short or empty even if more follow. */
  describePage(target: Target, token: string | undefined, signal: AbortSignal): Promise<InstancePage>;
  /** Those that exist, by id. */
  describeInstances(
    target: Target,
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Instance>>;
}

/** Everything that filling the inventory needs from outside. */
export interface FillPorts {
  readonly store: InventoryStore;
  readonly queue: SyncQueue;
  readonly reader: TargetReader;
  readonly recentFailures: RecentFailures;
}
