import { expect, test } from "@jest/globals";
import type { Decider, Verdict } from "../../../lambda/policy/engine.ts";
import { rehearse, rehearseConnection } from "../../../lambda/policy/rehearse.ts";
import { engineWith } from "../../support/policy-engine.ts";

const engine = engineWith({ all: "permit (principal, action, resource);" });

test.each<[sentence: string, rehearsal: (engine: Decider) => void, actions: readonly string[]]>([
  ["every function decides about view", rehearse, ["view"]],
  ["connect decides about both actions", rehearseConnection, ["view", "connect"]],
])("as it loads, %s, in questions that Cedar takes", (_, rehearsal, actions) => {
  const decided: (readonly [string, Verdict["allowed"]])[] = [];
  rehearsal({
    decide(question) {
      const verdict = engine.decide(question);
      decided.push([question.action, verdict.allowed]);
      return verdict;
    },
  });
  expect(decided).toEqual(actions.map((action) => [action, true]));
});
