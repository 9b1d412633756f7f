import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdIn, slotIdOf } from "../../access/access-target.ts";
import type { AccessStore } from "../../access/ports.ts";
import { Problem } from "../../shared/problem.ts";
import { awsProblem } from "../faults.ts";
import { readAccessItem } from "./access-item.ts";
import { getItem } from "./items.ts";
import type { Table } from "./table.ts";
import { currentAccessKey, endedAccessKey, type ItemKey, slotKeyPrefix } from "./table-keys.ts";

// Apart from the writes, so that a function which may not write does not bundle them.

/**
 * Reads access requests by their id, consistently: one read, or two if the request may have made room for another. Every call
 * rejects with Problem of `awsProblem`, and with `internal` if an item is
 * not what Latchkey writes.
 */
export function accessReader(table: Table): Pick<AccessStore, "read"> {
  return {
    async read(id, signal) {
      const accessTargetId = accessTargetIdIn(id);
      if (accessTargetId === undefined) return undefined;
      // In this order: one that makes room is copied before its successor is written.
      const current = await getAccessItem(table, currentAccessKey(accessTargetId), signal);
      return current?.id === id ? current : getAccessItem(table, endedAccessKey(accessTargetId, id), signal);
    },
  };
}

/** Reads all slots of a subject in one consistent query. Every call rejects as those above. */
export function slotReader({ client, name }: Table): Pick<AccessStore, "readSlots"> {
  return {
    async readSlots(subject, signal) {
      const { pk } = currentAccessKey(slotIdOf(subject, 0));
      const pages = paginateQuery(
        { client },
        {
          TableName: name,
          KeyConditionExpression: "#pk = :pk AND begins_with(#sk, :slots)",
          ExpressionAttributeNames: { "#pk": "pk", "#sk": "sk" },
          ExpressionAttributeValues: marshall({ ":pk": pk, ":slots": slotKeyPrefix }),
          ConsistentRead: true,
        },
        { abortSignal: signal },
      );
      const requests: AccessRequest[] = [];
      try {
        for await (const { Items = [] } of pages) requests.push(...Items.map(readAccessItem));
      } catch (error) {
        throw error instanceof Problem ? error : awsProblem(error, signal);
      }
      return requests;
    },
  };
}

/** The access request under a key. @throws Problem as `accessReader`. */
export async function getAccessItem(
  table: Table,
  key: ItemKey,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const item = await getItem(table, key, signal);
  return item && readAccessItem(item);
}
