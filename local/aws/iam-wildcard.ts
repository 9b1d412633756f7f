/**
 * Whether the whole text matches an IAM pattern: `*` is any run of characters, `?` any single one.
 * @throws Error on a policy variable or escape (`${…}`), which the stand-ins do not know
 */
export function fitsWildcard(pattern: string, text: string): boolean {
  return wildcardRegExp(pattern, "su").test(text);
}

/** The same, ignoring case: how IAM compares names of actions. */
export function fitsWildcardInAnyCase(pattern: string, text: string): boolean {
  return wildcardRegExp(pattern, "sui").test(text);
}

function wildcardRegExp(pattern: string, flags: string): RegExp {
  refuseVariables(pattern);
  const source = pattern
    .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, flags);
}

/** @throws Error if a string of a policy has a `${…}` */
export function refuseVariables(text: string): void {
  if (text.includes("${")) throw new Error(`IAM stand-in: policy variables are not known: ${text}`);
}
