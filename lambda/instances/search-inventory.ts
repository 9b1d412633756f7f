import type { Hit, InventoryReader, ObservedInstance } from "../inventory/ports.ts";
import { inOrder, type Partition, placeOf, rangeOf } from "../inventory/rows.ts";
import { hasTimeToRead, mayReadOn } from "../lists/page-work.ts";
import { type Instance, instanceKey } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { TargetKey } from "../shared/target.ts";

/** Hits of one query. A page takes four queries, and so looks at 1,000 instances at most. */
const queryHits = 250;

/** Instances that are read at once: a call to DynamoDB reads a hundred. */
const mostAtOnce = 200;

export interface Search {
  /** Each is read in the order of places, and they are merged. */
  readonly partitions: readonly Partition[];
  readonly name?: string | undefined;
  readonly namePrefix?: string | undefined;
  /** The place that the search goes on behind. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Whether it can be an instance of this target: others are not read. */
  readonly isTarget: (target: TargetKey) => boolean;
  readonly isWanted: (instance: Instance) => boolean;
}

export interface Found {
  readonly found: readonly ObservedInstance[];
  /** The place behind which the search goes on. Undefined if there is nothing more. */
  readonly next?: string | undefined;
}

/** The wanted instances, at most `limit`, as far as the work for one page finds them. */
export async function searchInventory(
  inventory: InventoryReader,
  search: Search,
  context: RequestContext,
): Promise<Found> {
  const { partitions, limit, isTarget, isWanted } = search;
  const { signal } = context.deadline;
  const found: ObservedInstance[] = [];
  let last = search.after;
  let next = search.after;
  const read = async (hits: readonly Hit[]) => {
    const observed = await inventory.readObserved(hits, signal);
    for (const hit of hits) {
      const known = observed.get(instanceKey(hit));
      // A row may be of a former name.
      if (known && placeOf(known.instance) === hit.place && isWanted(known.instance)) {
        if (found.length === limit) return true;
        found.push(known);
        last = hit.place;
      }
      next = hit.place;
    }
    return false;
  };
  if (partitions.length === 0) return { found };
  for (let queries = 0; mayQuery(queries, partitions.length, context); queries += partitions.length) {
    const { hits, end } = await nextHits(inventory, partitions, rangeOf(search, next), signal);
    const candidates = hits.filter(isTarget);
    for (let start = 0; start < candidates.length; ) {
      const size = start === 0 ? Math.min(limit + 1, mostAtOnce) : mostAtOnce;
      if (await read(candidates.slice(start, start + size))) return { found, next: last };
      start += size;
      if (start < candidates.length && !hasTimeToRead(context)) return { found, next };
    }
    if (end === undefined) return { found };
    next = end;
  }
  return { found, next };
}

/** Whether another query of each partition is within the work for one page. */
const mayQuery = (queries: number, more: number, context: RequestContext) =>
  mayReadOn(queries === 0 ? 0 : queries + more - 1, context);

/** The hits of all partitions in order, as far as each has been read: up to `end`, if any has more. */
export async function nextHits(
  inventory: InventoryReader,
  partitions: readonly Partition[],
  range: ReturnType<typeof rangeOf>,
  signal: AbortSignal,
): Promise<{ readonly hits: readonly Hit[]; readonly end: string | undefined }> {
  const reads = await Promise.all(partitions.map((each) => inventory.findHits(each, range, queryHits, signal)));
  const ends = reads.flatMap(({ hits, hasMore }) => (hasMore ? [hits.at(-1)?.place ?? range.after] : []));
  const end = ends.toSorted(inOrder)[0];
  if (reads.length === 1) return { hits: reads[0]?.hits ?? [], end };
  const merged = new Map(reads.flatMap(({ hits }) => hits.map((hit) => [hit.place, hit])));
  const hits = [...merged.values()].filter(({ place }) => end === undefined || inOrder(place, end) <= 0);
  return { hits: hits.toSorted((one, other) => inOrder(one.place, other.place)), end };
}
