import type { AccessListPorts } from "../../access/list.ts";
import type { KeyRange } from "../../lists/index-key.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { readListedAccessItem } from "./access-item.ts";
import type { Attributes } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { indexes } from "./table-keys.ts";

/** The indexes of all access requests and of the open ones. Every call rejects with a Problem, as `queryIndex`. */
export function accessIndex(table: Table): Pick<AccessListPorts, "listAccessItems"> {
  const { accessRequests, openAccessRequests } = indexes;
  const all = [{ index: accessRequests, partition: accessRequests.all }];
  return {
    async listAccessItems(open, range, signal) {
      const partitions = open?.map((partition) => ({ index: openAccessRequests, partition })) ?? all;
      const reads = await Promise.all(partitions.map((partition) => queryIndex(table, partition, range, signal)));
      const { entries: found, ...read } = merged(reads, range);
      const entries = found.flatMap(({ key, value: item }) => {
        const value = readListedAccessItem(item);
        return value ? [{ key, value }] : [];
      });
      return { ...read, entries };
    },
  };
}

/** What several partitions have in a range, as far as each has been read. */
function merged(reads: readonly IndexRead<Attributes>[], { before }: KeyRange): IndexRead<Attributes> {
  const unread = reads.filter(({ hasMore }) => hasMore).map(({ lastKey = before }) => lastKey);
  const lastKey = unread.toSorted().at(-1);
  const entries = reads
    .flatMap((read) => read.entries)
    .filter(({ key }) => lastKey === undefined || key >= lastKey)
    .toSorted((one, other) => (one.key < other.key ? 1 : one.key > other.key ? -1 : 0));
  if (lastKey === undefined) return { entries, hasMore: false, lastKey: entries.at(-1)?.key };
  return { entries, hasMore: true, lastKey };
}
