/** The name that was probably meant: one that differs in a letter or two, in any case. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const within = (edits: number) => names.find((name) => isNear(text.toLowerCase(), name.toLowerCase(), edits));
  return within(1) ?? within(2);
}

/** Whether at most this many inserted, deleted or changed letters turn one text into the other. */
function isNear(one: string, other: string, edits: number): boolean {
  if (one === other) return true;
  if (edits === 0) return false;
  let same = 0;
  while (one[same] === other[same]) same++;
  const [a, b, c, d] = [one.slice(same), other.slice(same), one.slice(same + 1), other.slice(same + 1)];
  return isNear(c, b, edits - 1) || isNear(a, d, edits - 1) || isNear(c, d, edits - 1);
}
