/** Whether an id is one that a pattern lets a source assert: every id, if there is no pattern. */
export function matchesId(pattern = "*", id: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return id === start;
  return id.length >= start.length + end.length && id.startsWith(start) && id.endsWith(end);
}

/** An id, or the part of one, that no policy names. */
export const anybody = "0,0";

/**
 * Examples of the ids that a pattern lets a source assert: the id itself if the pattern has no `*`, else one, and one
 * of the domain if there can be.
 */
export function idsLike(pattern = "*", domain?: string): string[] {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return [start];
  const ids = [`${start}${anybody}${end}`, ...(domain === undefined ? [] : [`${start}${anybody}@${domain}`])];
  return [...new Set(ids)].filter((id) => matchesId(pattern, id));
}

/** Other letters stay as they are: `toLowerCase` makes a plain `k` of the Kelvin sign. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
