import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdIn } from "../../access/access-target.ts";
import type { AccessStore } from "../../access/ports.ts";
import { readAccessItem } from "./access-item.ts";
import { getItem } from "./items.ts";
import type { Table } from "./table.ts";
import { currentAccessKey, endedAccessKey, type ItemKey } from "./table-keys.ts";

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

/** The access request under a key. @throws Problem as `accessReader`. */
export async function getAccessItem(
  table: Table,
  key: ItemKey,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const item = await getItem(table, key, signal);
  return item && readAccessItem(item);
}
