import * as z from "zod";
import type { InventoryReader, SyncStatus } from "../../inventory/ports.ts";
import { instanceRow, partitionKey, rangeOf, syncPartition } from "../../inventory/rows.ts";
import type { TargetKey } from "../../shared/target.ts";
import { batchGet } from "./batch-get.ts";
import { hitOf, observedIn } from "./inventory-rows.ts";
import { ifReadable, readItem } from "./items.ts";
import { queryPartition, wholePartition } from "./query-partition.ts";
import type { Table } from "./table.ts";

const time = z.iso.datetime().transform((text) => new Date(text));
const syncItem = z.object({
  sk: z.string(),
  notedAt: time,
  syncedAt: time.optional(),
  indexedTags: z.array(z.string()).optional(),
  code: z.string().optional(),
  failures: z.number().optional(),
});

/** The inventory's table, for lists. Each call rejects with Problem of `awsProblem`. */
export function inventoryReader(table: Table): InventoryReader {
  return {
    async findHits(partition, range, limit, signal) {
      const { items, hasMore } = await queryPartition(table, { pk: partitionKey(partition), ...range, limit }, signal);
      return { hits: items.map(hitOf), hasMore };
    },
    readObserved: async (keys, signal) => observedIn(await batchGet(table, keys.map(instanceRow), signal)),
    async readSyncs(signal) {
      const syncs: SyncStatus[] = [];
      // Some hundred bytes for each of a thousand targets, and more than one read takes if many tags are indexed.
      for await (const attributes of wholePartition(table, syncPartition, signal)) {
        const item = ifReadable(() => readItem(syncItem, attributes));
        if (!item) continue;
        const { sk, notedAt, syncedAt, indexedTags, ...failure } = item;
        const [accountId = "", region = ""] = sk.split("/");
        const failed = failure.code !== undefined && { failedAt: notedAt, ...failure };
        syncs.push({ accountId, region, syncedAt, indexedTags, ...failed });
      }
      return syncs;
    },
  };
}

/**
 * Finds the targets that have an instance, by its id alone. The read is consistent: what has just been remembered is found. Rejects
 * with Problem of `awsProblem`.
 */
export function inventoryTargets(table: Table) {
  return {
    async findTargets(instanceId: string, signal: AbortSignal): Promise<readonly TargetKey[]> {
      const query = { pk: partitionKey({ instanceId }), ...rangeOf({}), isConsistent: true } as const;
      const { items } = await queryPartition(table, query, signal);
      const hits = items.map(hitOf);
      // An instance that has been renamed may still have its former row.
      const targets = hits.map(({ accountId, region }) => [`${accountId}/${region}`, { accountId, region }] as const);
      return [...new Map(targets).values()];
    },
  };
}
