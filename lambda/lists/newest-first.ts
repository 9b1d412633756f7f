import * as z from "zod";
import type { RequestContext } from "../shared/request-context.ts";
import { cursorFormat } from "./cursor.ts";
import { everything, indexKeyForm, type KeyRange, lowerBound } from "./index-key.ts";
import { mayReadOn } from "./page-work.ts";

/** An entry of an index, with its key there. */
export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** What one read of an index found, newest first, and whether the range goes on. */
export interface IndexRead<Value> {
  readonly entries: readonly Entry<Value>[];
  readonly hasMore: boolean;
  /** The key of the last item read, if that item is no entry: the range goes on behind it. */
  readonly lastKey?: string | undefined;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** ISO 8601: entries at or after this moment alone. */
  readonly from?: string | undefined;
  /** ISO 8601: entries before this moment alone. */
  readonly to?: string | undefined;
}

/** Bytes of the longest cursor: 67 of JSON, in base64url. */
export const newestFirstCursorSize = 90;

/** Where a list goes on: after one key. */
const cursors = cursorFormat(z.strictObject({ behind: z.string().regex(indexKeyForm) }));

/**
 * One page of what an index has, newest first. If its work is spent, it may be short or even empty while there are more:
 * `nextCursor` tells. An entry that comes between two pages at a place which has been passed is on neither.
 *
 * @param read the newest entries of a range.
 * @param select those of the values that belong on the list, the very objects.
 * @throws Problem `invalid-request` for a cursor that is not ours. Errors of `read` and `select` pass through.
 */
export async function newestFirst<Value>(
  { limit, cursor, from, to }: PageQuery,
  read: (range: KeyRange) => Promise<IndexRead<Value>>,
  select: (values: readonly Value[]) => Promise<readonly Value[]>,
  context: Pick<RequestContext, "clock" | "deadline">,
): Promise<{ items: Value[]; nextCursor?: string }> {
  const behind = cursor === undefined ? everything.before : cursors.read(cursor).behind;
  const since = from === undefined ? everything.from : lowerBound(from);
  const until = to === undefined ? everything.before : lowerBound(to);
  let before = behind < until ? behind : until;

  const items: Value[] = [];
  let last: string | undefined;
  const page = () => ({ items, ...(last !== undefined && { nextCursor: cursors.write({ behind: last }) }) });
  for (let reads = 0; since < before && mayReadOn(reads, context); reads += 1) {
    const { entries: found, hasMore, lastKey } = await read({ from: since, before });
    const entries = withoutTwins(found);
    const selected = new Set(await select(entries.map(({ value }) => value)));
    for (const { key, value } of entries) {
      if (selected.has(value) && items.length === limit) return page();
      if (selected.has(value)) items.push(value);
      last = key;
    }
    if (!hasMore) return { items };
    if (items.length === limit) return page();
    last = lastKey ?? last;
    before = last ?? before;
  }
  return since < before ? page() : { items };
}

/** While an item makes room for another, there are two of it under one key. */
function withoutTwins<Value>(entries: readonly Entry<Value>[]): readonly Entry<Value>[] {
  return entries.filter(({ key }, index) => key !== entries[index - 1]?.key);
}
