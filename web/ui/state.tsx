/** How good a state is: the colour of its dot. The word says it too. */
export type Tone = "good" | "waiting" | "bad" | "neutral";

/** A state as a word with a dot. */
export function State({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`state ${tone}`}>{children}</span>;
}
