import { operators, readBoolean } from "./iam-operators.ts";
import { refuseVariables } from "./iam-wildcard.ts";

/** A value of a condition in a policy; quotation marks around numbers and booleans are optional. */
export type ConditionValue = string | number | boolean;
/** Operator → condition key → value or values. */
export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, ConditionValue | readonly ConditionValue[]>>>
>;
/** Condition key → value in the request; a list for a multivalued key. Names are case-insensitive. */
export type ConditionContext = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * Reads a Condition block. All its operators and keys must hold; of a key's several values any one suffices.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, and the page
 * on multivalued keys for ForAllValues and ForAnyValue.
 * @returns whether the block holds in a context
 * @throws Error on an unknown operator or a malformed value; at evaluation, on a multivalued key without a set operator
 */
export function readConditions(block: ConditionBlock): (context: ConditionContext) => boolean {
  const conditions = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const expected = [values].flat().map(String);
      if (expected.length === 0) throw new Error(`IAM stand-in: ${operator} on ${key} has no value`);
      expected.forEach(refuseVariables);
      const holds = readCondition(operator, expected);
      return (context: ConditionContext) => holds(contextValue(context, key));
    }),
  );
  return (context) => conditions.every((holds) => holds(context));
}

type ContextValue = ConditionContext[string] | undefined;

function readCondition(fullOperator: string, expected: readonly string[]): (actual: ContextValue) => boolean {
  if (fullOperator === "Null") {
    const wanted = expected.map(readBoolean);
    return (actual) => wanted.includes(valuesOf(actual).length === 0);
  }
  const [, set, name = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(fullOperator) ?? [];
  const operator = operators.get(name);
  if (operator === undefined) throw new Error(`IAM stand-in: the condition operator ${fullOperator} is not known`);
  const matches = expected.map(operator.match);
  const satisfied = (actual: string) => matches.some((match) => match(actual)) !== (operator.negated ?? false);

  return (actual) => {
    const values = valuesOf(actual);
    if (values.length === 0 && ifExists !== undefined) return true;
    if (set === "ForAllValues") return values.every(satisfied); // true of no values, as AWS warns
    if (set === "ForAnyValue") return values.some(satisfied);
    if (typeof actual === "object") {
      throw new Error(`IAM stand-in: ${fullOperator} met a multivalued key, which needs ForAllValues or ForAnyValue`);
    }
    // "If the policy condition requires that the key is not matched, and the key is not present, the condition is true."
    const [value] = values;
    return value === undefined ? (operator.negated ?? false) : satisfied(value);
  };
}

const valuesOf = (actual: ContextValue): readonly string[] =>
  actual === undefined ? [] : typeof actual === "object" ? actual : [String(actual)];

/** Names of condition keys are case-insensitive, and so are tag keys in them. */
function contextValue(context: ConditionContext, key: string): ContextValue {
  const [entry, ...more] = Object.entries(context).filter(([name]) => name.toLowerCase() === key.toLowerCase());
  if (more.length > 0) throw new Error(`IAM stand-in: the context has ${key} twice, in different case`);
  return entry?.[1];
}
