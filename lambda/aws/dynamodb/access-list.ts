import type { AccessListPorts } from "../../access/list.ts";
import { readListedAccessItem } from "./access-item.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { indexes } from "./table-keys.ts";

/** The index of all access requests. Every call rejects with a Problem, as `queryIndex`. */
export function accessIndex(table: Table): Pick<AccessListPorts, "listAccessItems"> {
  const index = indexes.accessRequests;
  return {
    async listAccessItems(range, signal) {
      const { entries: found, ...read } = await queryIndex(table, { index, partition: index.all }, range, signal);
      const entries = found.flatMap(({ key, value: item }) => {
        const value = readListedAccessItem(item);
        return value ? [{ key, value }] : [];
      });
      return { ...read, entries };
    },
  };
}
