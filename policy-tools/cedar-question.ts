import type { PolicyEngine, PolicyQuestion } from "../lambda/policy/engine.ts";
import { type Question, verdictOn } from "./decide.ts";

/** The question as the functions put it to Cedar: principal, resource and context as they make them. */
export function cedarQuestion(engine: PolicyEngine, question: Question): PolicyQuestion {
  let asked: PolicyQuestion | undefined;
  const decide: PolicyEngine["decide"] = (each) => {
    asked = each;
    return { allowed: false, policies: [] };
  };
  verdictOn({ ...engine, decide }, question);
  if (asked === undefined) throw new Error("The functions decide every action by policy");
  return asked;
}

/** What Cedar's stateless calls take of a question. */
export function cedarCall({ principal, action, resource, context }: PolicyQuestion) {
  return {
    principal: principal.uid,
    action: { type: "Latchkey::Action", id: action },
    resource: resource.uid,
    context,
    entities: [principal, resource],
  };
}
