/** How good a state is: the colour of its dot. */
export type Tone = "good" | "waiting" | "bad" | "neutral";
