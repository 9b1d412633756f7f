import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { ConnectionState } from "../../connect/connection-state.ts";
import type { ConnectionStore } from "../../connect/ports.ts";
import { isNew, orRepeated, putInput, updateInput } from "./expressions.ts";
import { getItem, readItem, write } from "./items.ts";
import type { Table } from "./table.ts";
import { connectionKey, indexes } from "./table-keys.ts";
import { trailEventItem } from "./trail-event-item.ts";

/**
 * The table's connections. Every call rejects with Problem of `awsProblem`;
 * then nothing may be pushed. A read rejects with `internal` if the item is not what Latchkey writes.
 */
export function connectionStore(table: Table): ConnectionStore {
  return {
    ...connectionOutcomes(table),
    writeIntent(connectionId, state, signal) {
      if (state.sequence > 1) return writeNext(table, connectionId, state, signal);
      const item = { ...connectionKey(connectionId), ...state };
      return write(table, new PutItemCommand(putInput(table.name, item, orRepeated(isNew, state.events[0]))), signal);
    },
  };
}

/** The part of the store that records outcomes, for functions that make no connections. */
export function connectionOutcomes(table: Table): Pick<ConnectionStore, "readConnection" | "writeOutcome"> {
  return {
    async readConnection(connectionId, signal) {
      const item = await getItem(table, connectionKey(connectionId), signal);
      return item && readItem(connectionItem, item);
    },
    writeOutcome: (connectionId, state) => writeNext(table, connectionId, state),
  };
}

const connectionItem = z.object({
  status: z.enum(["intended", "pushed", "failed"]),
  sequence: z.int(),
  pushBy: z.string().exactOptional(),
  due: z.literal("outcome").exactOptional(),
  dueAt: z.string().exactOptional(),
  events: z.tuple([trailEventItem]),
});

/** Writes a state that follows another: an outcome its intent, an intent the outcome of the push before. */
async function writeNext(
  table: Table,
  connectionId: string,
  state: ConnectionState,
  signal?: AbortSignal,
): Promise<void> {
  const before = state.status === "intended" ? ["pushed", "failed"] : ["intended"];
  const follows = {
    expression: `#sequence = :previous AND #status IN (${before.map((each) => `:${each}Before`)})`,
    names: ["sequence", "status"],
    values: { ":previous": state.sequence - 1, ...Object.fromEntries(before.map((each) => [`:${each}Before`, each])) },
  };
  const update = { set: { ...state }, remove: state.due ? [] : [indexes.due.partition, indexes.due.sort] };
  const condition = orRepeated(follows, state.events[0]);
  const input = updateInput(table.name, connectionKey(connectionId), update, condition);
  await write(table, new UpdateItemCommand(input), signal);
}
