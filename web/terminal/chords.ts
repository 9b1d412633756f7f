/** What the keys do that a terminal keeps from the shell. Each is Ctrl-Shift with a key to which terminals give no code. */
export type Action = "leave" | "search" | "copy" | "larger" | "smaller" | { readonly tab: number };

interface Key {
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** The place on the keyboard: `KeyF`, `Digit1`. */
  readonly code: string;
}

const actions: Readonly<Record<string, Action>> = {
  KeyE: "leave",
  KeyF: "search",
  KeyC: "copy",
  Period: "larger",
  Comma: "smaller",
};

export const chords: readonly (readonly [keys: string, what: string])[] = [
  ["Ctrl-Shift-E", "Leave the terminal"],
  ["Ctrl-Shift-F", "Search"],
  ["Ctrl-Shift-C", "Copy the selection"],
  ["Ctrl-Shift-V", "Paste"],
  ["Ctrl-Shift-1 to 9", "Another terminal"],
  ["Ctrl-Shift-.", "Larger text"],
  ["Ctrl-Shift-,", "Smaller text"],
  ["Ctrl-click", "Open a link"],
];

/** Ctrl-Shift-V is not among them: the browser makes a paste of it. */
export function actionOf({ ctrlKey, shiftKey, altKey, metaKey, code }: Key): Action | undefined {
  if (!ctrlKey || !shiftKey || altKey || metaKey) return undefined;
  const [, digit] = /^Digit([1-9])$/.exec(code) ?? [];
  return digit === undefined ? actions[code] : { tab: Number(digit) };
}

export const isPasteChord = ({ ctrlKey, shiftKey, altKey, metaKey, code }: Key): boolean =>
  ctrlKey && shiftKey && !altKey && !metaKey && code === "KeyV";
