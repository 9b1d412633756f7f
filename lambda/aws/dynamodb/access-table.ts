import { PutItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { AccessRequest } from "../../access/access-request.ts";
import type { AccessStore } from "../../access/ports.ts";
import type { ReservationStore } from "../../access/reserve-access.ts";
import { accessReader, getAccessItem, slotReader } from "./access-reads.ts";
import { changeInput, creationInput, endedCopyInput, reservationInput } from "./access-writes.ts";
import { writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { currentAccessKey } from "./table-keys.ts";

/**
 * The table's access requests. Every call rejects with Problem of `awsProblem`, and with `internal` if an item is not
 * what Latchkey writes.
 */
export function accessStore(table: Table): AccessStore {
  return {
    ...accessReader(table),
    ...slotReader(table),
    ...accessChanges(table),
    async create(creation, ended, signal) {
      if (ended) await writeIfHolds(table, new PutItemCommand(endedCopyInput(table.name, ended)), signal);
      const command = new PutItemCommand(creationInput(table.name, creation, ended));
      return (await writeIfHolds(table, command, signal)) !== undefined;
    },
  };
}

/** Reads and changes existing access requests, for functions that may not create any. */
export function accessChanges(table: Table): Pick<AccessStore, "readCurrent" | "change"> {
  return {
    readCurrent: (accessTargetId, signal) => getAccessItem(table, currentAccessKey(accessTargetId), signal),
    change: (change, signal) => update(table, change.next, changeInput(table.name, change), signal),
  };
}

/** Reserves access requests for connections, and changes nothing else of them. Every call rejects as those above. */
export function reservationStore(table: Table): ReservationStore {
  return {
    readCurrent: (accessTargetId, signal) => getAccessItem(table, currentAccessKey(accessTargetId), signal),
    reserve: (request, pushBy, now, signal) =>
      update(table, request, reservationInput(table.name, request, pushBy.toISOString(), now), signal),
  };
}

/**
 * @param written the request as the write leaves it: its condition makes sure that nothing but `pushBy` differs.
 * @returns what is stored now; undefined if the condition did not hold, and nothing was written.
 */
async function update(
  table: Table,
  written: AccessRequest,
  input: UpdateItemCommandInput,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const attributes = await writeIfHolds(table, new UpdateItemCommand(input), signal);
  return attributes && { ...written, pushBy: attributes["pushBy"]?.S ?? written.pushBy };
}
