// The expressions of a policy in Cedar's JSON form, for checks of what it names.

export type Node = Readonly<Record<string, unknown>>;

export const isNode = (part: unknown): part is Node =>
  typeof part === "object" && part !== null && !Array.isArray(part);

/** Every object in a policy's JSON form: expressions, scopes, literals. */
export function nodesIn(part: unknown): Node[] {
  if (typeof part !== "object" || part === null) return [];
  return [...(isNode(part) ? [part] : []), ...Object.values(part).flatMap(nodesIn)];
}

/** The operators that compare, and what they compare: an id on one side, literals on the other. */
const comparisons = ["==", "!=", "contains", "containsAny", "containsAll"];

/** Everything that a node compares, on both sides. */
export function comparedIn(node: Node): Node[] {
  const sides = comparisons.flatMap((operator) => (isNode(node[operator]) ? [node[operator]] : []));
  return sides.flatMap(({ left, right }) => [...valuesOf(left), ...valuesOf(right)]);
}

export const literalsIn = (values: readonly Node[]) =>
  values.flatMap(({ Value }) => (typeof Value === "string" ? [Value] : []));

/** What an expression may evaluate to: the elements of a set, both branches of an `if`. */
export function valuesOf(expression: unknown): Node[] {
  if (!isNode(expression)) return [];
  const { Set: elements, "if-then-else": choice } = expression;
  if (Array.isArray(elements)) return elements.flatMap(valuesOf);
  return isNode(choice) ? [...valuesOf(choice["then"]), ...valuesOf(choice["else"])] : [expression];
}

/** Such as `context.subject`. */
export function attributeOf(expression: unknown): string | undefined {
  const access = isNode(expression) ? expression["."] : undefined;
  return isNode(access) && isNode(access["left"]) ? `${access["left"]["Var"]}.${access["attr"]}` : undefined;
}

/** Words for a name that was probably meant. */
export const suggestion = (meant: string | undefined) => (meant === undefined ? "" : ` (did you mean "${meant}"?)`);
