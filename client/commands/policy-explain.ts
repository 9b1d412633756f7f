import type { Command } from "../command/command.ts";
import { policyOptions } from "../command/policy-options.ts";

export const policyExplainCommand: Command = {
  name: "policy explain",
  summary: "explain one decision, and which policies nearly permitted it",
  description:
    "Decides one question offline, as latchkey policy test does, with the callers and instances of a file of tests. It shows each policy that decided. If it is denied, it also shows the permits that missed the least, and which of their conditions do not hold.\n\nA condition is marked with ? if Cedar cannot evaluate it by itself, most often because of a value that an earlier condition says is missing.",
  arguments: [
    { name: "caller", summary: "a person or machine of the file" },
    { name: "action", summary: "such as connect, request or review" },
    { name: "resource", summary: "an instance of the file; for suspend a caller" },
  ],
  options: [
    {
      name: "file",
      value: "FILE",
      summary: "the file of tests (default: policies/sample-tests.yaml)",
    },
    { name: "context", value: "YAML", summary: "attributes of the context, as in a row of the file" },
    ...policyOptions,
    { name: "json", summary: "print the explanation as JSON" },
  ],
  examples: [
    { command: "latchkey policy explain alice connect prod-1", says: "why not?" },
    {
      command: "latchkey policy explain bob connect prod-1 --context '{osUser: root, access: {approvals: 1}}'",
      says: "would one approval do for root?",
    },
  ],
  run: async (context, input) => (await import("../policy/run-policy-explain.ts")).runPolicyExplain(context, input),
};
