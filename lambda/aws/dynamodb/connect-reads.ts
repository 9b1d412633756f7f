import type { AccessRequest, AccessTarget } from "../../access/access-request.ts";
import { accessTargetIdOf } from "../../access/access-target.ts";
import type { StoredForConnection } from "../../connect/ports.ts";
import { readAccessItem } from "./access-item.ts";
import { batchGet } from "./batch-get.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import { currentAccessKey, hostKeysKey } from "./table-keys.ts";

// Both by the same call: to decide about a connection, and only say so, takes no other right to the table.

/**
 * What the table holds for a connection: the instance's host keys, and the accessTarget's newest access request, whatever its status.
 * One consistent read.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where an item is not what
 *   Latchkey writes.
 */
export async function readForConnection(
  tableName: string,
  accessTarget: AccessTarget,
  signal: AbortSignal,
): Promise<StoredForConnection> {
  const [hostKeys, access] = [hostKeysKey(accessTarget.instanceId), currentAccessKey(accessTargetIdOf(accessTarget))];
  const items = await batchGet(tableName, [hostKeys, access], signal);
  const itemOf = ({ pk }: { pk: string }) => items.find((item) => item["pk"]?.S === pk);
  const [storedKeys, storedAccess] = [itemOf(hostKeys), itemOf(access)];
  return {
    hostKeys: storedKeys ? readHostKeysItem(storedKeys).hostKeys : [],
    accessRequest: storedAccess && readAccessItem(storedAccess),
  };
}

/**
 * The accessTarget's newest access request, whatever its status, by a consistent read.
 *
 * @throws Problem as `readForConnection`.
 */
export async function readCurrentAccess(
  tableName: string,
  accessTarget: AccessTarget,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const [item] = await batchGet(tableName, [currentAccessKey(accessTargetIdOf(accessTarget))], signal);
  return item && readAccessItem(item);
}
