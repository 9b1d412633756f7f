import type { InstancePage } from "../../sdk/types.ts";

type IncompleteTarget = NonNullable<InstancePage["incomplete"]>[number];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
  readonly incomplete?: readonly IncompleteTarget[] | undefined;
}

/** What is there of a list so far. */
export interface PagesState<Item> {
  /** The items in their order, in parts that change only at the end. */
  readonly chunks: readonly (readonly Item[])[];
  /** The accounts and regions that the list may lack items of. */
  readonly incomplete: readonly IncompleteTarget[];
  readonly nextCursor?: string | undefined;
  /** What is being loaded: the list of other inputs, the same list again, or more of it. */
  readonly loading?: "other" | "again" | "more" | undefined;
  readonly error?: unknown;
}

/** Items of a chunk: as many as are rendered in one go. */
const chunkSize = 25;

export const nothingYet: PagesState<never> = { chunks: [], incomplete: [], loading: "other" };

/** What is there stays until the page arrives. */
export function begin<Item>(
  state: PagesState<Item>,
  loading: NonNullable<PagesState<Item>["loading"]>,
): PagesState<Item> {
  return { ...state, loading, error: undefined };
}

export function receive<Item>(state: PagesState<Item>, page: Page<Item>): PagesState<Item> {
  const before: PagesState<Item> = state.loading === "more" ? state : nothingYet;
  const { nextCursor, items, incomplete = [] } = page;
  const targets = new Map([...before.incomplete, ...incomplete].map((each) => [JSON.stringify(each), each]));
  return { chunks: append(before.chunks, items), incomplete: [...targets.values()], nextCursor };
}

/** A list of other inputs must not stand for the one that could not be loaded. */
export function fail<Item>(state: PagesState<Item>, error: unknown): PagesState<Item> {
  return { ...(state.loading === "other" ? nothingYet : state), loading: undefined, error };
}

/** Fills the last chunk, and adds others. */
function append<Item>(chunks: PagesState<Item>["chunks"], items: readonly Item[]): PagesState<Item>["chunks"] {
  if (items.length === 0) return chunks;
  const last = chunks.at(-1) ?? [];
  const isFull = last.length === chunkSize;
  const rest = isFull ? items : [...last, ...items];
  const parts = Array.from({ length: Math.ceil(rest.length / chunkSize) }, (_, number) =>
    rest.slice(number * chunkSize, (number + 1) * chunkSize),
  );
  return [...(isFull ? chunks : chunks.slice(0, -1)), ...parts];
}
