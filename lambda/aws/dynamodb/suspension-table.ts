import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { SuspensionClosings } from "../../access/end-suspended.ts";
import type { SuspensionReader, SuspensionStore } from "../../access/suspend.ts";
import type { Suspension, Suspensions } from "../../access/suspension.ts";
import { batchGet } from "./batch-get.ts";
import { orRepeated, updateInput } from "./expressions.ts";
import { type Attributes, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { idIn, indexes, suspensionKey, suspensionKeyPrefix } from "./table-keys.ts";

const { due } = indexes;

const item = z.object({
  pk: z.string(),
  isSuspended: z.boolean(),
  reason: z.string(),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
  sequence: z.int().min(1),
});

/**
 * The suspensions among items, by the caller's id.
 *
 * @throws Problem `internal` for one that is not what Latchkey writes: nothing is known of its caller then, so nothing
 *   is permitted.
 */
export function suspensionsIn(items: readonly Attributes[]): Suspensions {
  const found = items.filter((attributes) => attributes["pk"]?.S?.startsWith(suspensionKeyPrefix));
  return new Map(
    found.map((attributes): [string, Suspension] => {
      const { pk, ...rest } = readItem(item, attributes);
      return [idIn(pk), { callerId: idIn(pk), ...rest }];
    }),
  );
}

/** Which callers are suspended. Every call rejects with Problem of `awsProblem`, and as `suspensionsIn`. */
export function suspensionReader(table: Table): SuspensionReader {
  return {
    readSuspensions: async (callerIds, signal) =>
      suspensionsIn(await batchGet(table, callerIds.map(suspensionKey), signal)),
  };
}

export function suspensionStore(table: Table): SuspensionStore {
  return {
    ...suspensionReader(table),
    async writeSuspension({ next: { callerId, sequence, ...state }, event }, signal) {
      const follows =
        sequence === 1
          ? { expression: "attribute_not_exists(#pk)", names: ["pk"] }
          : { expression: "#sequence = :previous", names: ["sequence"], values: { ":previous": sequence - 1 } };
      const isDue = { [due.partition]: "suspension", [due.sort]: state.changedAt };
      const set = { ...state, sequence, events: [event], ...isDue };
      const input = updateInput(table.name, suspensionKey(callerId), { set }, orRepeated(follows, event));
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
  };
}

/** The part of the table that the sweep works with. Every call rejects as those above. */
export function suspensionClosings(table: Table): SuspensionClosings {
  return {
    ...suspensionReader(table),
    async closeSuspension(callerId, changedUntil, signal) {
      const isOld = {
        expression: `attribute_exists(#${due.partition}) AND #changedAt <= :until`,
        names: [due.partition, "changedAt"],
        values: { ":until": changedUntil.toISOString() },
      };
      const input = updateInput(table.name, suspensionKey(callerId), { remove: [due.partition, due.sort] }, isOld);
      await writeIfHolds(table, new UpdateItemCommand(input), signal);
    },
  };
}
