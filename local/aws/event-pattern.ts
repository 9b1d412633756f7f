/** A rule's pattern, in EventBridge's JSON: each field of an event must be one of the values, or fit one of the matchers. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly Matcher[];
}

type Matcher = string | number | boolean | null | Operator;
type Operator = { readonly prefix: string } | { readonly "anything-but": Exception } | { readonly exists: boolean };
type Exception = string | readonly string[];

/**
 * Whether an event fits a pattern.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws Error for a matcher that is not known here: a stand-in must never guess.
 */
export function fitsPattern(pattern: EventPattern, event: unknown): boolean {
  const fields = typeof event === "object" && event !== null ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : undefined) as unknown;
    if (!Array.isArray(wanted)) return fitsPattern(wanted as EventPattern, value);
    // Of a list, any element may fit.
    const values = [value].flat();
    return (wanted as readonly Matcher[]).some((matcher) => values.some((each) => fits(matcher, each)));
  });
}

function fits(matcher: Matcher, value: unknown): boolean {
  if (typeof matcher !== "object" || matcher === null) return matcher === value;
  const [operator, ...others] = Object.keys(matcher);
  if (others.length === 0 && "prefix" in matcher) return typeof value === "string" && value.startsWith(matcher.prefix);
  if (others.length === 0 && "anything-but" in matcher) {
    return value !== undefined && ![matcher["anything-but"]].flat().includes(String(value));
  }
  if (others.length === 0 && "exists" in matcher) return (value !== undefined) === matcher.exists;
  throw new Error(`EventBridge stand-in: the operator ${operator} is not known`);
}
