import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";

/** What was loaded, or why not. While it loads again, the last value stays. */
export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Loads what a component shows, and again when the inputs change; what is no longer wanted is given up.
 *
 * @param load is given a signal that ends with the component, or with the inputs.
 * @param inputs what it depends on. Its value goes with them.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): Loaded<Value> {
  const key = JSON.stringify(inputs);
  const turn = useSignal(0);
  const state = useSignal<{ key: string; value?: Value | undefined; error?: unknown; isLoading: boolean }>({
    key,
    isLoading: true,
  });
  // `load` is another function each time: `key` is what it depends on.
  useEffect(() => {
    const control = new AbortController();
    const before = state.peek();
    const value = before.key === key ? before.value : undefined;
    state.value = { key, value, isLoading: true };
    load(control.signal).then(
      (loaded) => {
        if (!control.signal.aborted) state.value = { key, value: loaded, isLoading: false };
      },
      (error: unknown) => {
        if (!control.signal.aborted) state.value = { key, value, error, isLoading: false };
      },
    );
    return () => control.abort();
  }, [key, turn.value]);
  const reload = useCallback(() => {
    turn.value++;
  }, [turn]);
  // Before the effect has run for new inputs.
  const { value, error, isLoading } = state.value.key === key ? state.value : { isLoading: true };
  return { value, error, isLoading, reload };
}
