import type { Entry, IndexRead } from "./newest-first.ts";

/**
 * One read each of several indexes, as if they were one: the newest entries of all. If some index has more, they end where the
 * first of these was left, since older entries of the others may not be next.
 *
 * @param reads of one range.
 */
export function mergeReads<Value>(reads: readonly IndexRead<Value>[]): IndexRead<Value> {
  const ends = reads.flatMap(({ hasMore, lastKey, entries }) =>
    hasMore ? [lastKey ?? entries.at(-1)?.key ?? ""] : [],
  );
  const end = ends.sort().at(-1);
  const entries = reads
    .flatMap((read) => read.entries)
    .filter(({ key }) => end === undefined || key >= end)
    .sort(byNewest);
  return { entries, hasMore: end !== undefined, lastKey: end };
}

const byNewest = (one: Entry<unknown>, other: Entry<unknown>) =>
  one.key < other.key ? 1 : one.key > other.key ? -1 : 0;
