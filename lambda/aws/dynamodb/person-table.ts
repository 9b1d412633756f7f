import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { People } from "../../shared/people.ts";
import { updateInput } from "./expressions.ts";
import { getItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { personKey } from "./table-keys.ts";

/** What is known of people. Every call rejects with Problem of `awsProblem`. */
export function peopleTable(table: Table): People {
  return {
    async refresh({ id, kind, groups, frontDoor }, now, signal) {
      const seenAt = now.toISOString();
      // A slower call does not replace what a later one has written.
      const isLatest = {
        expression: "attribute_not_exists(#seenAt) OR #seenAt < :now",
        names: ["seenAt"],
        values: { ":now": seenAt },
      };
      const set = { kind, groups, frontDoor, seenAt };
      await writeIfHolds(
        table,
        new UpdateItemCommand(updateInput(table.name, personKey(id), { set }, isLatest)),
        signal,
      );
    },
    wasSeen: async (id, signal) => (await getItem(table, personKey(id), signal)) !== undefined,
  };
}
