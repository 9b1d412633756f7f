import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { begin, fail, nothingYet, type Page, type PagesState, receive } from "./pages-state.ts";

/** A list of which more can be loaded. */
export interface Pages<Item> extends PagesState<Item> {
  /** How many are there so far. */
  readonly count: number;
  /** Loads the next page, unless one is being loaded. */
  readonly more: () => void;
  /** Loads the list again from its beginning. */
  readonly reload: () => void;
}

/**
 * Loads a list page by page. When the inputs change it starts again; what was there stays until the first page arrives.
 *
 * @param load is given the cursor of the page, and a signal that ends with the component, or with the inputs.
 * @param inputs what the list depends on.
 */
export function usePages<Item>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
  inputs: readonly unknown[],
): Pages<Item> {
  const key = JSON.stringify(inputs);
  const state = useSignal<PagesState<Item>>(nothingYet);
  const running = useRef(new AbortController());
  const get = (loading: NonNullable<PagesState<Item>["loading"]>) => {
    running.current.abort();
    const control = new AbortController();
    running.current = control;
    const { signal } = control;
    const cursor = loading === "more" ? state.peek().nextCursor : undefined;
    state.value = begin(state.peek(), loading);
    load(cursor, signal).then(
      (page) => {
        if (!signal.aborted) state.value = receive(state.peek(), page);
      },
      (error: unknown) => {
        if (!signal.aborted) state.value = fail(state.peek(), error);
      },
    );
  };
  // `load` is another one at each call: what is called later calls the newest.
  const newest = useRef(get);
  newest.current = get;
  useEffect(() => {
    newest.current("other");
    return () => running.current.abort();
  }, [key]);
  const more = useCallback(() => {
    const { loading, nextCursor } = state.peek();
    if (loading === undefined && nextCursor !== undefined) newest.current("more");
  }, [state]);
  const reload = useCallback(() => newest.current("again"), []);
  const count = state.value.chunks.reduce((sum, { length }) => sum + length, 0);
  return { ...state.value, count, more, reload };
}
