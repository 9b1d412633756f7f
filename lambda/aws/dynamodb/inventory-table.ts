import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { InventoryStore } from "../../inventory/ports.ts";
import { partitionKey, rangeOf, syncPartition } from "../../inventory/rows.ts";
import { targetKey } from "../../shared/target.ts";
import { updateInput } from "./expressions.ts";
import { hitOf } from "./inventory-rows.ts";
import { type InventoryTable, keep } from "./inventory-write.ts";
import { writeIfHolds } from "./items.ts";
import { queryPartition } from "./query-partition.ts";

/**
 * The inventory's table, for who keeps it. Each call rejects with Problem of `awsProblem`. If the indexed tags are others than
 * before, `remember` writes the rows again.
 */
export function inventoryStore(table: InventoryTable): InventoryStore {
  return {
    remember: (instances, observedAt, signal) =>
      keep(
        table,
        instances.map((instance) => ({ key: instance, instance, observedAt })),
        signal,
      ),
    forget: (keys, observedAt, signal) =>
      keep(
        table,
        keys.map((key) => ({ key, instance: undefined, observedAt })),
        signal,
      ),
    async *knownIn({ accountId, region }, signal) {
      for (let after: string | undefined, hasMore = true; hasMore; ) {
        const range = rangeOf({}, after);
        const page = await queryPartition(table, { pk: partitionKey({ accountId }), ...range }, signal);
        for (const item of page.items) {
          const { place, ...hit } = hitOf(item);
          after = place;
          if (hit.region === region) yield { ...hit, observedAt: new Date(item["observedAt"]?.S ?? 0) };
        }
        hasMore = page.hasMore;
      }
    },
    async noteSync(target, { at, code }, signal) {
      const notedAt = at.toISOString();
      const isLater = {
        expression: "attribute_not_exists(#notedAt) OR #notedAt <= :now",
        names: ["notedAt"],
        values: { ":now": notedAt },
      };
      const update =
        code === undefined ? { set: { notedAt, syncedAt: notedAt }, remove: ["code"] } : { set: { notedAt, code } };
      const key = { pk: syncPartition, sk: targetKey(target) };
      await writeIfHolds(table, new UpdateItemCommand(updateInput(table.name, key, update, isLater)), signal);
    },
  };
}
