/** @throws Error with the sentence, and what was found, if the condition does not hold */
export function must(condition: boolean, sentence: string, ...found: readonly unknown[]): asserts condition {
  if (!condition) throw new Error([sentence, ...found.map((each) => JSON.stringify(each))].join("\n"));
}

/** Compares as JSON, in any order of names. Prototypes do not count: jest's realms have their own. */
export const isEqual = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

export function mustEqual(found: unknown, expected: unknown, sentence: string): void {
  must(isEqual(found, expected), sentence, { found, expected });
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
