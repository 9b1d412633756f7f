import type { Clause, Expr, PolicyJson } from "@cedar-policy/cedar-wasm/web";
import * as cedar from "@cedar-policy/cedar-wasm/web";
import type { PolicyQuestion } from "../lambda/policy/engine.ts";
import { cedarCall } from "./cedar-question.ts";

/** A part of a policy that has to hold for it to apply, and whether it does. */
export interface Condition {
  /** In Cedar's language. */
  readonly text: string;
  /** An error is most often a value that an earlier condition says is missing. */
  readonly result: "holds" | "fails" | "error";
}

const any = { op: "All" } as const;
const anything: Omit<PolicyJson, "conditions"> = { effect: "permit", principal: any, action: any, resource: any };

/**
 * Evaluates each condition of a policy by itself, by Cedar: the parts of its scope, and what `&&` joins in its clauses.
 */
export function conditionsOf(policy: PolicyJson, question: PolicyQuestion): Condition[] {
  const { principal, action, resource } = policy;
  const scopes = Object.entries({ principal, action, resource })
    .filter(([, { op }]) => op !== "All")
    .map(([name, scope]) => ({ ...anything, [name]: scope, conditions: [] }));
  const clauses = policy.conditions.flatMap(conjuncts).map((clause) => ({ ...anything, conditions: [clause] }));
  const parts: readonly PolicyJson[] = [...scopes, ...clauses];
  const staticPolicies = Object.fromEntries(parts.map((part, index) => [String(index), part]));
  const result = cedar.isAuthorized({ ...cedarCall(question), policies: { staticPolicies } });
  if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join("; "));
  const { reason, errors } = result.response.diagnostics;
  return parts.map((part, index) => {
    const isError = errors.some(({ policyId }) => policyId === String(index));
    return { text: textOf(part), result: isError ? "error" : reason.includes(String(index)) ? "holds" : "fails" };
  });
}

function conjuncts(clause: Clause): Clause[] {
  if (clause.kind === "unless") return [clause];
  return operands(clause.body).map((body) => ({ kind: "when", body }));
}

function operands(expression: Expr): Expr[] {
  // Cedar's type for it has an open member, which nothing can narrow.
  const both = (expression as { "&&"?: { left: Expr; right: Expr } })["&&"];
  return both ? [...operands(both.left), ...operands(both.right)] : [expression];
}

/** `permit(principal in …, action, resource)` and `permit(…) when { … }`, without what every policy has. */
function textOf(part: PolicyJson): string {
  const result = cedar.policyToText(part);
  if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join("; "));
  const [, scope = "", clause = ""] =
    /^permit\s*\(([\s\S]*?)\)\s*((?:when|unless)[\s\S]*)?;\s*$/.exec(result.text) ?? [];
  if (clause !== "") return clause.replace(/^when\s*\{\s*([\s\S]*?)\s*\}$/, "$1");
  return scope.split(/,\s*(?=action\b|resource\b)/).find((each) => each.includes(" ")) ?? scope;
}
