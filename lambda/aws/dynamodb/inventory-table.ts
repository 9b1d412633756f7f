import { DeleteItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { InventoryStore } from "../../inventory/ports.ts";
import { partitionKey, syncPartition } from "../../inventory/rows.ts";
import { type TargetKey, targetKey } from "../../shared/target.ts";
import { deleteInput, updateInput } from "./expressions.ts";
import { hitOf } from "./inventory-rows.ts";
import { type InventoryTable, keep } from "./inventory-write.ts";
import { writeIfHolds } from "./items.ts";
import { wholePartition } from "./query-partition.ts";

/**
 * The inventory's table, for who keeps it. Each call rejects with Problem of `awsProblem`. If the indexed tags are others than
 * before, `remember` writes the rows again.
 */
export function inventoryStore(table: InventoryTable): InventoryStore {
  const { indexedTags } = table;
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
      for await (const item of wholePartition(table, partitionKey({ accountId, region }), signal)) {
        const { place: _, ...hit } = hitOf(item);
        yield { ...hit, observedAt: new Date(item["observedAt"]?.S ?? 0) };
      }
    },
    async noteSync(target, { at, failure }, signal) {
      const notedAt = at.toISOString();
      const isLater = {
        expression: "attribute_not_exists(#notedAt) OR #notedAt <= :now",
        names: ["notedAt"],
        values: { ":now": notedAt },
      };
      const update = failure
        ? { set: { notedAt, ...failure } }
        : { set: { notedAt, syncedAt: notedAt, indexedTags }, remove: ["code", "failures"] };
      const command = new UpdateItemCommand(updateInput(table.name, syncKey(target), update, isLater));
      await writeIfHolds(table, command, signal);
    },
    async forgetSync(target, signal) {
      const isThere = { expression: "attribute_exists(#pk)", names: ["pk"] };
      const command = new DeleteItemCommand(deleteInput(table.name, syncKey(target), isThere));
      await writeIfHolds(table, command, signal);
    },
  };
}

const syncKey = (target: TargetKey) => ({ pk: syncPartition, sk: targetKey(target) });
