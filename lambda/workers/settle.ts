/** Items worked on at once: that many calls share the SDK's connections without waiting for one. */
const width = 10;

/** The result of one item: a value, or an error. */
export interface Settled<Item, Value> {
  readonly item: Item;
  readonly value?: Value;
  readonly error?: unknown;
}

/** Calls `act` with every item, a few at a time, even if it fails for others. Returns the results in order. */
export async function settle<Item, Value>(
  items: readonly Item[],
  act: (item: Item) => Promise<Value>,
): Promise<readonly Settled<Item, Value>[]> {
  const settled: Settled<Item, Value>[] = [];
  for (let start = 0; start < items.length; start += width) {
    const some = items.slice(start, start + width).map(async (item): Promise<Settled<Item, Value>> => {
      try {
        return { item, value: await act(item) };
      } catch (error) {
        return { item, error };
      }
    });
    settled.push(...(await Promise.all(some)));
  }
  return settled;
}
