type Choice<Factors> = { readonly [Name in keyof Factors]: number };

/**
 * Few choices of one value of each factor, in which every two values of two factors meet.
 *
 * @param factors the number of values of each.
 * @param isPossible whether the values that are chosen so far go together.
 */
export function pairwise<Factors extends Readonly<Record<string, number>>>(
  factors: Factors,
  isPossible: (choice: Partial<Choice<Factors>>) => boolean,
): Choice<Factors>[] {
  const names = Object.keys(factors);
  const valuesOf = (name: string) => Array.from({ length: factors[name] ?? 0 }, (_, value) => value);
  const missing = new Map<string, Record<string, number>>();
  for (const [index, a] of names.entries())
    for (const b of names.slice(index + 1))
      for (const one of valuesOf(a))
        for (const other of valuesOf(b)) {
          const pair = { [a]: one, [b]: other };
          if (isPossible(pair as Partial<Choice<Factors>>)) missing.set(JSON.stringify(pair), pair);
        }
  const meets = (choice: Record<string, number>) =>
    [...missing].filter(([, pair]) => Object.entries(pair).every(([name, value]) => choice[name] === value));
  const found: Record<string, number>[] = [];
  while (missing.size > 0) {
    const [first = {}] = missing.values();
    let choice: Record<string, number> = { ...first };
    for (const name of names.filter((each) => !Object.hasOwn(choice, each))) {
      const candidates = valuesOf(name)
        .map((value) => ({ ...choice, [name]: value }))
        .filter((each) => isPossible(each as Partial<Choice<Factors>>));
      const [best] = candidates.sort((a, b) => meets(b).length - meets(a).length);
      if (!best) throw new Error(`No value of ${name} goes with ${JSON.stringify(choice)}`);
      choice = best;
    }
    for (const [key] of meets(choice)) missing.delete(key);
    found.push(choice);
  }
  return found as Choice<Factors>[];
}
