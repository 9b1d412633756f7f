import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { caller } from "../../../contract/caller.ts";
import type { People, PersonReader, RememberedPerson } from "../../shared/people.ts";
import { updateInput } from "./expressions.ts";
import { type Attributes, getItem, ifReadable, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { idIn, personKey, personKeyPrefix } from "./table-keys.ts";

const personItem = z.object({
  pk: z.string(),
  ...{ kind: caller.shape.kind, groups: caller.shape.groups, frontDoor: caller.shape.frontDoor },
  seenAt: z.iso.datetime(),
});

/** The people among items. Nothing is known of one whose item is not what Latchkey writes. */
export function peopleIn(items: readonly Attributes[]): readonly RememberedPerson[] {
  return items
    .filter(({ pk }) => pk?.S?.startsWith(personKeyPrefix))
    .flatMap((attributes) => {
      const item = ifReadable(() => readItem(personItem, attributes));
      if (!item) return [];
      const { pk, ...person } = item;
      return [{ id: idIn(pk), ...person }];
    });
}

/** What is known of people. Every call rejects with Problem of `awsProblem`. */
export function peopleTable(table: Table): People & PersonReader {
  return {
    ...peopleMemory(table),
    read: async (id, signal) => {
      const found = await getItem(table, personKey(id), signal);
      return found && peopleIn([found])[0];
    },
    wasSeen: async (id, signal) => (await getItem(table, personKey(id), signal)) !== undefined,
  };
}

/** For a function that reads nobody. */
export function peopleMemory(table: Table): Pick<People, "refresh"> {
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
  };
}
