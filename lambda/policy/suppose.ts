import type { PolicyJson } from "@cedar-policy/cedar-wasm/web";
import type { Policies } from "./engine.ts";

// Policies that take for granted what is not known when they are evaluated. They permit all that the real ones could permit.

type Node = Readonly<Record<string, unknown>>;

const isNode = (part: unknown): part is Node => typeof part === "object" && part !== null && !Array.isArray(part);

/** Whether an expression depends on something that is not known. */
type IsUnknown = (expression: unknown) => boolean;

/** When and from where somebody will call. */
const circumstances: readonly unknown[] = ["time", "sourceIp"];

/** The circumstances of a later call are unknown. */
const unknownCircumstances: IsUnknown = (expression) => {
  if (Array.isArray(expression)) return expression.some(unknownCircumstances);
  if (!isNode(expression)) return false;
  const access = expression["."] ?? expression["has"];
  if (isNode(access) && isVariable(access["left"], "context")) return circumstances.includes(access["attr"]);
  return isVariable(expression, "context") || Object.values(expression).some(unknownCircumstances);
};

/** So is the person who will call. */
const unknownPerson: IsUnknown = (expression) => unknownCircumstances(expression) || readsPrincipal(expression);

function readsPrincipal(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.some(readsPrincipal);
  if (!isNode(expression)) return false;
  const { is } = expression;
  // A person it is.
  if (isNode(is) && is["in"] === undefined) return false;
  return isVariable(expression, "principal") || Object.values(expression).some(readsPrincipal);
}

const isVariable = (expression: unknown, name: string) => isNode(expression) && expression["Var"] === name;

/** The policy with its conditions as they favour its effect, or for a `forbid`, as they spare from it. */
function suppose(policy: PolicyJson, isUnknown: IsUnknown): PolicyJson {
  const isPermit = policy.effect === "permit";
  const conditions = policy.conditions.map(({ kind, body }) => ({
    kind,
    // What Cedar wrote, with literals in it.
    body: supposed(body, isPermit === (kind === "when"), isUnknown) as typeof body,
  }));
  return { ...policy, conditions };
}

/** The policies for persons, with the principal supposed too: each, as a `permit`, says whether it could apply to anybody. */
export const applicableReviews = (policies: Policies): Policies => changed(policies, supposeAnybody);

/** The policies for a call whose circumstances are unknown. */
export const possibleReviews = (policies: Policies): Policies =>
  changed(policies, (policy) => suppose(policy, unknownCircumstances));

/** The instance may be any. */
const unknownResource: IsUnknown = (expression) => {
  if (Array.isArray(expression)) return expression.some(unknownResource);
  return isNode(expression) && (isVariable(expression, "resource") || Object.values(expression).some(unknownResource));
};

/** What permits something to somebody, on an instance that may be any. */
export const supposingResource = (policies: Policies): Policies =>
  Object.fromEntries(
    Object.entries(policies)
      .filter(([, { effect }]) => effect === "permit")
      .map(([id, policy]) => [id, suppose({ ...policy, resource: { op: "All" } }, unknownResource)]),
  );

function changed(policies: Policies, change: (policy: PolicyJson) => PolicyJson): Policies {
  return Object.fromEntries(Object.entries(policies).map(([id, policy]) => [id, change(policy)]));
}

function supposeAnybody(policy: PolicyJson): PolicyJson {
  return suppose({ ...policy, effect: "permit", principal: principalOfAnybody(policy.principal) }, unknownPerson);
}

function principalOfAnybody(scope: PolicyJson["principal"]): PolicyJson["principal"] {
  if (scope.op === "is") return { op: "is", entity_type: scope.entity_type };
  if (scope.op === "in") return { op: "All" };
  if (scope.op === "==" && "entity" in scope) {
    const { type } = "__entity" in scope.entity ? scope.entity.__entity : scope.entity;
    return { op: "is", entity_type: type };
  }
  return scope;
}

/**
 * An expression in which what is not known makes it true, or false. Unknown parts are set one by one: the same part may
 * be true in one place and false in another.
 */
function supposed(expression: unknown, target: boolean, isUnknown: IsUnknown): unknown {
  if (!isUnknown(expression) || !isNode(expression)) return expression;
  const of = (part: unknown, other = target) => supposed(part, other, isUnknown);
  for (const operator of ["&&", "||"]) {
    const sides = expression[operator];
    if (isNode(sides)) return { [operator]: { left: of(sides["left"]), right: of(sides["right"]) } };
  }
  const negation = expression["!"];
  if (isNode(negation)) return not(of(negation["arg"], !target));
  const choice = expression["if-then-else"];
  if (!isNode(choice)) return { Value: target };
  const { if: condition, then, else: otherwise } = choice;
  const branch = (part: unknown) => (target ? of(part) : not(of(part)));
  const either = or(and(of(condition, true), branch(then)), and(not(of(condition, false)), branch(otherwise)));
  return target ? either : not(either);
}

const and = (left: unknown, right: unknown) => ({ "&&": { left, right } });
const or = (left: unknown, right: unknown) => ({ "||": { left, right } });
const not = (arg: unknown) => ({ "!": { arg } });
