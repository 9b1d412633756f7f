import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { HostKeyStore } from "../../host-keys/ports.ts";
import { Problem } from "../../shared/problem.ts";
import { orRepeated, updateInput } from "./expressions.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import { getItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { hostKeysKey } from "./table-keys.ts";

/**
 * The table's host keys. Every call rejects with Problem of `awsProblem`, and with `internal` if an item is not what Latchkey
 * writes.
 */
export function hostKeyStore(table: Table): HostKeyStore {
  return {
    async read(instance, signal) {
      const item = await getItem(table, hostKeysKey(instance), signal);
      if (!item) return { hostKeys: [], sequence: 0 };
      const { pk: _, ...record } = readHostKeysItem(item);
      return record;
    },
    async write(instance, { before, hostKeys, event }, signal) {
      if (before.isUnknown) throw new Problem("internal", { cause: new Error("The record's format is unknown") });
      // The sequence tells whether the record is still the one that was read.
      const follows =
        before.sequence === 0
          ? { expression: "attribute_not_exists(#sequence)", names: ["sequence"] }
          : { expression: "#sequence = :previous", names: ["sequence"], values: { ":previous": before.sequence } };
      const set = { hostKeys, sequence: before.sequence + 1, events: [event] };
      const input = updateInput(table.name, hostKeysKey(instance), { set }, orRepeated(follows, event));
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
  };
}
