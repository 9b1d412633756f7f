import type { InstancePage } from "../../contract/instance.ts";
import type { InventoryReader, SyncStatus } from "../inventory/ports.ts";
import { type Partition, rangeOf } from "../inventory/rows.ts";
import type { Instance } from "../shared/instance.ts";
import { type TargetKey, targetKey } from "../shared/target.ts";
import { nextHits } from "./search-inventory.ts";

/** Queries and instances that one page takes to find out whether the caller may know of failed targets. */
const [mostQueries, mostInstances] = [4, 25];

interface Failed extends SyncStatus {
  readonly code: string;
}

export interface FailedSyncSearch {
  readonly syncs: readonly SyncStatus[];
  /** What the page has of each target. */
  readonly found: readonly Instance[];
  /** Where to look for an instance of a target that the caller may view. */
  readonly partitionsOf: (target: TargetKey) => readonly Partition[];
  readonly mayView: (instance: Instance) => boolean;
  /** Whether to look for targets of which the page has nothing. */
  readonly isFirstPage: boolean;
}

/**
 * The targets whose last sync has failed, so that instances may be missing, as far as the caller may view an instance there: a
 * failed target of which the caller sees nothing is none of their business.
 */
export async function visibleFailedSyncs(
  inventory: InventoryReader,
  { syncs, found, partitionsOf, mayView, isFirstPage }: FailedSyncSearch,
  signal: AbortSignal,
): Promise<NonNullable<InstancePage["incomplete"]>> {
  const failed = syncs.flatMap(({ code, ...sync }): Failed[] => (code === undefined ? [] : [{ ...sync, code }]));
  const seen = new Set(found.map(targetKey));
  const [shown, others] = [
    failed.filter((each) => seen.has(targetKey(each))),
    failed.filter((each) => !seen.has(targetKey(each))),
  ];
  let queries = 0;
  const looks = (isFirstPage ? others : []).flatMap((sync) => {
    const partitions = partitionsOf(sync);
    queries += partitions.length;
    return queries <= mostQueries ? [{ sync, partitions }] : [];
  });
  const visible = await Promise.all(
    looks.map(async ({ sync, partitions }) => {
      if (partitions.length === 0) return [];
      const { hits } = await nextHits(inventory, partitions, rangeOf({}), signal);
      const own = hits.filter((hit) => targetKey(hit) === targetKey(sync)).slice(0, mostInstances);
      const known = own.length > 0 ? await inventory.readObserved(own, signal) : new Map<string, never>();
      return [...known.values()].some(({ instance }) => mayView(instance)) ? [sync] : [];
    }),
  );
  return [...shown, ...visible.flat()].map(({ accountId, region, code }) => ({ accountId, region, code }));
}
