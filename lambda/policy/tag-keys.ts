/**
 * The keys of the tags that a policy reads, from its JSON form.
 *
 * @throws Error if the policy computes a key: without that tag, its `forbid` would not match.
 */
export function tagKeysIn(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(name === "hasTag" || name === "getTag" ? [literalKey(name, value)] : []),
    ...tagKeysIn(value),
  ]);
}

/**
 * The keys that the scope of an access request may name: those that policies name, and those of the setting `scopeTags`. Each
 * once, in the order of their code units.
 */
export function scopeKeys(policyKeys: Iterable<string>, scopeTags: readonly string[]): readonly string[] {
  return [...new Set([...policyKeys, ...scopeTags])].sort();
}

function literalKey(operator: string, call: { right?: { Value?: unknown } } | null | undefined): string {
  const key = call?.right?.Value;
  if (typeof key !== "string") throw new Error(`${operator} takes a string literal only`);
  return key;
}
