import type { KeyRange } from "../../lambda/lists/index-key.ts";
import type { Entry, IndexRead } from "../../lambda/lists/newest-first.ts";

/**
 * An index like DynamoDB's: sorted by key, and read newest first, `readSize` entries at a time. It records the key ranges of
 * the reads.
 */
export function fakeIndex<Value>(entries: readonly Entry<Value>[], readSize = 100) {
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0));
  const stretches: KeyRange[] = [];
  return {
    stretches,
    read: async (range: KeyRange): Promise<IndexRead<Value>> => {
      const { from, before } = range;
      if (from > before) throw new Error("DynamoDB refuses a BETWEEN whose bounds are the wrong way round");
      stretches.push(range);
      const found = sorted.filter(({ key }) => key >= from && key < before);
      return { entries: found.slice(0, readSize), hasMore: found.length > readSize };
    },
  };
}

/** The items of every page, following the cursors to the end. Throws if there is no end. */
export async function walk<Item>(
  page: (cursor: string | undefined) => Promise<{ items: readonly Item[]; nextCursor?: string | undefined }>,
): Promise<Item[][]> {
  const pages: Item[][] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    pages.push([...items]);
    cursor = nextCursor;
    if (pages.length > 1000) throw new Error("The cursors come to no end");
  } while (cursor !== undefined);
  return pages;
}
