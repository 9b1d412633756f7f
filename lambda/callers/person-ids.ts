/** Whether an id is one that a pattern lets a source assert: every id, if there is no pattern. */
export function matchesId(pattern = "*", id: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return id === start;
  return id.length >= start.length + end.length && id.startsWith(start) && id.endsWith(end);
}

/** Other letters stay as they are: `toLowerCase` makes a plain `k` of the Kelvin sign. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
