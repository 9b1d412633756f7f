import { accessTargetIdOf } from "../../access/access-target.ts";
import type { AccessLedger } from "../../connect/ports.ts";
import { readAccessItem } from "./access-item.ts";
import { batchGet } from "./batch-get.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import type { Table } from "./table.ts";
import { currentAccessKey, hostKeysKey } from "./table-keys.ts";

/**
 * Both reads make the same call, so that deciding about a connection takes one right to the table. Every call rejects with
 * Problem of `awsProblem`, and with `internal` if an item is not what
 * Latchkey writes.
 */
export function connectReads(table: Table): Pick<AccessLedger, "readForConnection" | "readCurrentAccess"> {
  return {
    async readForConnection(accessTarget, signal) {
      const hostKeys = hostKeysKey(accessTarget);
      const access = currentAccessKey(accessTargetIdOf(accessTarget));
      const items = await batchGet(table, [hostKeys, access], signal);
      const itemOf = ({ pk }: { pk: string }) => items.find((item) => item["pk"]?.S === pk);
      const [storedKeys, storedAccess] = [itemOf(hostKeys), itemOf(access)];
      return {
        hostKeys: storedKeys ? readHostKeysItem(storedKeys).hostKeys : [],
        accessRequest: storedAccess && readAccessItem(storedAccess),
      };
    },
    async readCurrentAccess(accessTarget, signal) {
      const [item] = await batchGet(table, [currentAccessKey(accessTargetIdOf(accessTarget))], signal);
      return item && readAccessItem(item);
    },
  };
}
