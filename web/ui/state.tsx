import type { Tone } from "./tone.ts";

/** A state as a word with a dot, whose colour says no more than the word. */
export function State({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`state ${tone}`}>{children}</span>;
}
