import type { Command } from "../command/command.ts";
import { policyOptions } from "../command/policy-options.ts";

export const policyTestCommand: Command = {
  name: "policy test",
  summary: "test policies by tables of who may do what",
  description:
    "Reads policies as the build does, with all its checks, and asks the engine that decides in Lambda each question of the files. It calls neither the API nor AWS. docs/policy-tests.md has the format.\n\nIts exit code is 0 if every row is as expected, 1 if one is not, or if coverage is too low, and 2 for files, policies or settings that cannot be used.",
  arguments: [{ name: "file", isRepeatable: true, summary: "a file of tests, in YAML or JSON" }],
  options: [
    ...policyOptions,
    { name: "min-coverage", value: "PERCENT", summary: "fail if fewer of the policies decided something" },
    { name: "json", summary: "print all results as JSON" },
  ],
  examples: [
    { command: "latchkey policy test policies/sample-tests.yaml", says: "the tests of the sample policies" },
    {
      command: "latchkey policy test --min-coverage 100 policies/sample-tests.yaml",
      says: "for CI: each policy has to decide something",
    },
  ],
  run: async (context, input) => (await import("../policy/run-policy-test.ts")).runPolicyTest(context, input),
};
