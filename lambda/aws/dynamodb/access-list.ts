import type { AccessListPorts } from "../../access/list.ts";
import { readListedAccessItem } from "./access-item.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { indexes } from "./table-keys.ts";

/** The indexes of all access requests and of the open ones. Every call rejects with a Problem, as `queryIndex`. */
export function accessIndex(table: Table): Pick<AccessListPorts, "listAccessItems"> {
  const { accessRequests, openAccessRequests } = indexes;
  return {
    async listAccessItems(open, range, signal) {
      const partition = open
        ? { index: openAccessRequests, partition: open }
        : { index: accessRequests, partition: accessRequests.all };
      const { entries: found, ...read } = await queryIndex(table, partition, range, signal);
      const entries = found.flatMap(({ key, value: item }) => {
        const value = readListedAccessItem(item);
        return value ? [{ key, value }] : [];
      });
      return { ...read, entries };
    },
  };
}
