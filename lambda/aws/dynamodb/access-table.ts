import {
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { AccessRequest } from "../../access/access-request.ts";
import type { AccessStore } from "../../access/ports.ts";
import type { ReservationStore } from "../../access/reserve-access.ts";
import { readAccessItem } from "./access-item.ts";
import { getAccessItem, readAccessRequest } from "./access-reads.ts";
import { changeInput, creationInput, endedCopyInput, reservationInput } from "./access-writes.ts";
import { dynamodb } from "./client.ts";
import { ifHolds } from "./items.ts";
import { currentAccessKey } from "./table-keys.ts";

/**
 * The table's access requests. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or
 * `deadline-exceeded`, and with `internal` where an item is not what Latchkey writes.
 */
export function accessStore(tableName: string): AccessStore {
  return {
    ...accessChanges(tableName),
    read: (id, signal) => readAccessRequest(tableName, id, signal),
    async create(creation, ended, signal) {
      if (ended) await put(endedCopyInput(tableName, ended), signal);
      return put(creationInput(tableName, creation, ended), signal);
    },
  };
}

/** The part of the store that changes what is there, for functions that may not make any: they do not have `create`. */
export function accessChanges(tableName: string): Pick<AccessStore, "readCurrent" | "change"> {
  return {
    readCurrent: (accessTargetId, signal) => getAccessItem(tableName, currentAccessKey(accessTargetId), signal),
    change: (change, signal) => update(changeInput(tableName, change), signal),
  };
}

/**
 * The same table, for those that may do no more to access requests than note on one that it carries a connection. Every call
 * rejects as those above.
 */
export function reservationStore(tableName: string): ReservationStore {
  return {
    readCurrent: (accessTargetId, signal) => getAccessItem(tableName, currentAccessKey(accessTargetId), signal),
    reserve: (request, pushBy, now, signal) =>
      update(reservationInput(tableName, request, pushBy.toISOString(), now), signal),
  };
}

/** @returns whether the condition held: where it did not, nothing was written. */
async function put(input: PutItemCommandInput, signal: AbortSignal): Promise<boolean> {
  const output = await ifHolds(dynamodb.send(new PutItemCommand(input), { abortSignal: signal }), signal);
  return output !== undefined;
}

/** @returns what is stored now; undefined where the condition did not hold, and nothing was written. */
async function update(input: UpdateItemCommandInput, signal: AbortSignal): Promise<AccessRequest | undefined> {
  const output = await ifHolds(dynamodb.send(new UpdateItemCommand(input), { abortSignal: signal }), signal);
  return output && readAccessItem(output.Attributes ?? {});
}
