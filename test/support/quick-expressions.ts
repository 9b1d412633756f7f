/** An attribute's value in DynamoDB's JSON: of the types that Latchkey stores. */
export interface Value {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly SS?: readonly string[];
  readonly L?: readonly Value[];
  readonly M?: Readonly<Record<string, Value>>;
}

/** What an expression is evaluated on. */
export interface Scope {
  readonly item: Readonly<Record<string, Value>>;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

export type Condition = (scope: Scope) => boolean;

/** The steps of `#a.#b[0]`. */
export const pathOf = (text: string): readonly (string | number)[] =>
  (text.match(/[^.[\]]+/g) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** The value of `:value`, or of a path in the item. */
export function valueAt(operand: string, { item, names, values }: Scope): Value | undefined {
  if (operand.startsWith(":")) return values[operand];
  let value: Value | undefined = { M: item };
  for (const step of pathOf(operand))
    value = typeof step === "number" ? value?.L?.[step] : value?.M?.[names[step] ?? step];
  return value;
}

const token = /\s*(<=|>=|<>|[=<>(),]|[#:\w.[\]]+)/y;

/**
 * Reads a condition, with the precedence that DynamoDB documents: comparisons, then NOT, then AND, then OR.
 *
 * @throws Error for what the adapters do not use.
 */
export function conditionOf(text: string): Condition {
  const tokens = Array.from(text.trim().matchAll(new RegExp(token.source, "g")), ([, each = ""]) => each);
  let index = 0;
  const next = () => tokens[index++] ?? "";
  const isNext = (wanted: string) => tokens[index] === wanted && next() === wanted;
  const expect = (wanted: string) => {
    if (next() !== wanted) throw new Error(`The quick table expects ${wanted} in: ${text}`);
  };

  const either = (): Condition => {
    const parts = [both()];
    while (isNext("OR")) parts.push(both());
    return (scope) => parts.some((part) => part(scope));
  };
  const both = (): Condition => {
    const parts = [negated()];
    while (isNext("AND")) parts.push(negated());
    return (scope) => parts.every((part) => part(scope));
  };
  const negated = (): Condition => {
    if (!isNext("NOT")) return single();
    const inner = negated();
    return (scope) => !inner(scope);
  };
  const single = (): Condition => {
    if (isNext("(")) {
      const inner = either();
      expect(")");
      return inner;
    }
    const first = next();
    if (first !== "size" && tokens[index] === "(") return call(first, list());
    const left = first === "size" ? sizeOf(list()) : (scope: Scope) => valueAt(first, scope);
    const operator = next();
    if (operator === "IN") {
      const all = list();
      return (scope) => all.some((each) => compares("=", left(scope), valueAt(each, scope)));
    }
    const right = next();
    return (scope) => compares(operator, left(scope), valueAt(right, scope));
  };
  const list = (): readonly string[] => {
    const all: string[] = [];
    expect("(");
    do all.push(next());
    while (isNext(","));
    expect(")");
    return all;
  };
  const condition = either();
  if (index !== tokens.length) throw new Error(`The quick table does not understand: ${text}`);
  return condition;
}

function call(name: string, [path = "", operand = ""]: readonly string[]): Condition {
  switch (name) {
    case "attribute_exists":
      return (scope) => valueAt(path, scope) !== undefined;
    case "attribute_not_exists":
      return (scope) => valueAt(path, scope) === undefined;
    case "contains":
      return (scope) => {
        const [whole, part] = [valueAt(path, scope), valueAt(operand, scope)];
        return whole?.L?.some((each) => compares("=", each, part)) ?? whole?.SS?.includes(String(part?.S)) ?? false;
      };
    default:
      throw new Error(`The quick table does not know ${name}`);
  }
}

const sizeOf =
  ([path = ""]: readonly string[]) =>
  (scope: Scope): Value | undefined => {
    const value = valueAt(path, scope);
    const size = value?.S?.length ?? value?.SS?.length ?? value?.L?.length;
    return size === undefined ? undefined : { N: String(size) };
  };

/** What does not exist, or is of another type, differs and has no order. */
function compares(operator: string, left: Value | undefined, right: Value | undefined): boolean {
  const isEqual = left !== undefined && JSON.stringify(left) === JSON.stringify(right);
  if (operator === "=") return isEqual;
  if (operator === "<>") return !isEqual;
  const order = orderOf(left, right);
  if (order === undefined) return false;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      throw new Error(`The quick table does not know ${operator}`);
  }
}

function orderOf(left: Value | undefined, right: Value | undefined): number | undefined {
  if (left?.N !== undefined && right?.N !== undefined) return Number(left.N) - Number(right.N);
  if (left?.S !== undefined && right?.S !== undefined) return left.S < right.S ? -1 : left.S > right.S ? 1 : 0;
  return undefined;
}
