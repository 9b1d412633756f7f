import { type Bounds, defaultBounds } from "../../lambda/policy/bounds.ts";
import type { PolicyAction, PolicyEngine, PolicyQuestion } from "../../lambda/policy/engine.ts";

type Verdict = boolean | ((question: PolicyQuestion) => boolean);

/**
 * A policy engine with given verdicts. It permits every other action, and records the questions. Bounds that are not given
 * are the defaults.
 */
export function fakePolicy(
  verdicts: Partial<Record<PolicyAction, Verdict>> = {},
  bounds: Partial<Bounds> = {},
): PolicyEngine & { readonly questions: PolicyQuestion[] } {
  const questions: PolicyQuestion[] = [];
  const engine: PolicyEngine & { readonly questions: PolicyQuestion[] } = {
    digest: "sha256:test",
    tagKeys: new Set(["env", "team"]),
    mostApprovals: 2,
    questions,
    decide(question) {
      questions.push(question);
      const verdict = verdicts[question.action] ?? true;
      const allowed = typeof verdict === "function" ? verdict(question) : verdict;
      return { allowed, policies: allowed ? [`${question.action}-permitted`] : [`${question.action}-forbidden`] };
    },
    boundsOf: () => ({ ...defaultBounds, ...bounds }),
    policies: {},
    derive: () => engine,
  };
  return engine;
}
