/**
 * The name that was probably meant: the one that the fewest edits lead to, if these are few.
 *
 * @returns undefined where none is near.
 */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const [best] = nearestNames(text, names);
  if (best !== undefined) return best;
  const matching = names.filter((name) => text.length > 1 && name.startsWith(text));
  return matching.length === 1 ? matching[0] : undefined;
}

/** The names that few edits lead to, the nearest first. */
export function nearestNames(text: string, names: readonly string[]): string[] {
  const most = text.length < 5 ? 1 : 2;
  return names
    .map((name) => ({ name, edits: editsBetween(text.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}

/** How many letters have to be put in, left out, changed, or swapped with their neighbour. */
function editsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
