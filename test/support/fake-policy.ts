import { type Bounds, defaultBounds } from "../../lambda/policy/bounds.ts";
import type { PolicyAction, PolicyEngine, PolicyQuestion } from "../../lambda/policy/engine.ts";

type Answer = boolean | ((question: PolicyQuestion) => boolean);

/**
 * A policy engine that answers as it is told, permits what it is not told of, and keeps the questions it got. The bounds
 * are the defaults, but for those that it is told.
 */
export function fakePolicy(
  answers: Partial<Record<PolicyAction, Answer>> = {},
  bounds: Partial<Bounds> = {},
): PolicyEngine & { readonly questions: PolicyQuestion[] } {
  const questions: PolicyQuestion[] = [];
  return {
    digest: "sha256:test",
    questions,
    decide(question) {
      questions.push(question);
      const answer = answers[question.action] ?? true;
      const allowed = typeof answer === "function" ? answer(question) : answer;
      return { allowed, policies: allowed ? [`${question.action}-permitted`] : [`${question.action}-forbidden`] };
    },
    boundsOf: () => ({ ...defaultBounds, ...bounds }),
  };
}
