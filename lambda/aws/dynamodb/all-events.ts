import type { KeyRange } from "../../lists/index-key.ts";
import { mergeReads } from "../../lists/merge-reads.ts";
import type { Entry, IndexRead } from "../../lists/newest-first.ts";
import type { Attributes } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { eventKeyPrefix, type ItemKey, indexes } from "./table-keys.ts";

// The index of all events. A partition takes a thousand writes a second, so events spread over one for each day and
// shard. Another partition has the days, so that a list need not look for events on days that have none.

const { events } = indexes;
const shards = [0, 1, 2, 3];
const days = "days";

/** Entries after which a read is enough. */
const enough = 100;

/** The day of an index key, in UTC. */
export const dayOf = (key: string) => key.slice(0, 10);

/** The partition of an event with this index key. The key's hash tells the shard, so the events of one thing stay together. */
export function partitionOf(key: string): string {
  const digit = Number.parseInt(key.charAt(key.indexOf("#") + 1), 16);
  return partitionIn(dayOf(key), digit % shards.length);
}

const partitionIn = (day: string, shard: number) => `${day}/${shard}`;

/** The item that says that a day has events. It is filed before them. */
export const dayItem = (day: string): ItemKey & Record<string, string> => ({
  pk: `${eventKeyPrefix}${day}`,
  sk: "day",
  [events.partition]: days,
  [events.sort]: day,
});

/**
 * Reads the newest events of a range. Each round of queries takes twice as many days as the one before, so that days with few
 * events cost few rounds.
 *
 * @throws Problem as `queryIndex`.
 */
export async function queryAllEvents(
  table: Table,
  range: KeyRange,
  signal: AbortSignal,
): Promise<IndexRead<Attributes>> {
  const inRange = { from: dayOf(range.from), before: range.before };
  const marked = await queryIndex(table, { index: events, partition: days }, inRange, signal);
  const left = marked.entries.map(({ key }) => key);
  const entries: Entry<Attributes>[] = [];
  let lastKey: string | undefined;
  for (let width = 1; left.length > 0 && entries.length < enough; width *= 2) {
    const some = left.splice(0, width);
    const partitions = some.flatMap((day) => shards.map((shard) => partitionIn(day, shard)));
    const read = mergeReads(
      await Promise.all(partitions.map((partition) => queryIndex(table, { index: events, partition }, range, signal))),
    );
    entries.push(...read.entries);
    if (read.hasMore) return { ...read, entries };
    lastKey = firstKeyOf(some.at(-1) ?? "");
  }
  return { entries, hasMore: left.length > 0 || marked.hasMore, lastKey };
}

/** No key of the day comes before it. */
const firstKeyOf = (day: string) => `${day}T00:00:00.000Z#${"0".repeat(12)}`;
