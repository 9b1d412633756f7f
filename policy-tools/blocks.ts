import { groupBy } from "./group-by.ts";

/** A set of contexts: for each attribute that matters, by path, the values that it may have. JSON of each. */
export type Block = ReadonlyMap<string, readonly string[]>;

/**
 * Joins contexts to as few blocks as simple means find: what differs in one attribute alone becomes one block, and an attribute that
 * may have every value is left out.
 *
 * @param all every value that was tried, by path.
 */
export function joinBlocks(contexts: readonly Block[], all: ReadonlyMap<string, readonly string[]>): Block[] {
  let blocks = [...contexts];
  for (;;) {
    const before = blocks.length;
    const size = sizeOf(blocks);
    for (const path of all.keys()) blocks = joinAlong(blocks, path, all.get(path) ?? []);
    if (blocks.length === before && sizeOf(blocks) === size) return blocks;
  }
}

const sizeOf = (blocks: readonly Block[]) => blocks.reduce((sum, block) => sum + block.size, 0);

function joinAlong(blocks: readonly Block[], path: string, all: readonly string[]): Block[] {
  const others = (block: Block) => JSON.stringify([...block].filter(([name]) => name !== path).sort());
  const groups = groupBy(blocks, (block) => `${block.has(path)} ${others(block)}`);
  return groups.map((group) => {
    const [first = new Map()] = group;
    const joined = new Map(first);
    const values = [...new Set(group.flatMap((block) => block.get(path) ?? []))];
    if (values.length === 0 || all.every((value) => values.includes(value))) joined.delete(path);
    else joined.set(path, values);
    return joined;
  });
}
