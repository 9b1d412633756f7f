import type { KeyRange } from "../../lambda/lists/index-key.ts";
import type { Entry, IndexRead } from "../../lambda/lists/newest-first.ts";

/**
 * An index as DynamoDB has it: sorted by key, read newest first, so many entries at once. It keeps the stretches that it was
 * asked for.
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

/** The items of every page, following the cursors to the end. Throws where there is none. */
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
