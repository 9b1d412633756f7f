import type { AccessListPorts } from "../../access/list.ts";
import { mergeReads } from "../../lists/merge-reads.ts";
import { readListedAccessItem } from "./access-item.ts";
import { indexPartitionOf } from "./access-partitions.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";

/** The indexes of access requests. Every call rejects with a Problem, as `queryIndex`. */
export function accessIndex(table: Table): Pick<AccessListPorts, "listAccessItems"> {
  return {
    async listAccessItems(partitions, range, signal) {
      const reads = await Promise.all(
        partitions.map((each) => queryIndex(table, indexPartitionOf(each), range, signal)),
      );
      const { entries: found, ...read } = mergeReads(reads);
      const entries = found.flatMap(({ key, value: item }) => {
        const value = readListedAccessItem(item);
        return value ? [{ key, value }] : [];
      });
      return { ...read, entries };
    },
  };
}
