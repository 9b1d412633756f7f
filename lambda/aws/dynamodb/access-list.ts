import type { AccessListPorts } from "../../access/list.ts";
import { readAccessItem } from "./access-item.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { indexes } from "./table-keys.ts";

/** The index of all access requests. Every call rejects with a Problem, as `queryIndex` and `readAccessItem`. */
export function accessIndex(table: Table): Pick<AccessListPorts, "listAccessItems"> {
  const index = indexes.accessRequests;
  return {
    async listAccessItems(range, signal) {
      const { entries, hasMore } = await queryIndex(table, { index, partition: index.all }, range, signal);
      return { entries: entries.map(({ key, value }) => ({ key, value: readAccessItem(value) })), hasMore };
    },
  };
}
