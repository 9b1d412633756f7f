import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdIn } from "../../access/access-target.ts";
import { readAccessItem } from "./access-item.ts";
import { getItem } from "./items.ts";
import { currentAccessKey, endedAccessKey, type ItemKey } from "./table-keys.ts";

// Apart from the writes, so that a function which may not write does not have them.

/**
 * An access request, by consistent reads: one, or two where it may have made room for another.
 *
 * @returns undefined for an id that Latchkey has not given.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where an item is not what
 *   Latchkey writes.
 */
export async function readAccessRequest(
  tableName: string,
  id: string,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const accessTargetId = accessTargetIdIn(id);
  if (accessTargetId === undefined) return undefined;
  // In this order: one that makes room is copied before its successor is there.
  const current = await getAccessItem(tableName, currentAccessKey(accessTargetId), signal);
  return current?.id === id ? current : getAccessItem(tableName, endedAccessKey(accessTargetId, id), signal);
}

/** What stands under a key now. @throws Problem as `readAccessRequest`. */
export async function getAccessItem(
  tableName: string,
  key: ItemKey,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const item = await getItem(tableName, key, signal);
  return item && readAccessItem(item);
}
