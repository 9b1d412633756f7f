import type { Command } from "../command/command.ts";
import { settingsOption } from "../command/policy-options.ts";

export const policyDiffCommand: Command = {
  name: "policy diff",
  summary: "compare two sets of policies: who gains and who loses what",
  description:
    "Compares two directories of policies over a fleet and its people, offline: who can do what they could not, and who no longer can, with the contexts in which this is so. It derives these contexts from what the policies compare.\n\nIts exit code is 0 if nobody gains or loses anything, 1 if somebody does, and 2 for input that cannot be used.",
  arguments: [
    { name: "directory", summary: "the policies before the change" },
    { name: "changed", summary: "the policies after it" },
  ],
  options: [
    {
      name: "fleet",
      value: "FILE",
      isRepeatable: true,
      summary: "instances: what aws ec2 describe-instances prints, or a file of tests",
    },
    { name: "people", value: "FILE", isRepeatable: true, summary: "people and machines: a file of tests" },
    settingsOption,
    { name: "json", summary: "print all changes as JSON" },
  ],
  examples: [
    {
      command: "latchkey policy diff policies policies --fleet policies/sample-tests.yaml",
      says: "nobody gains anything from no change",
    },
    {
      command: "latchkey policy diff /tmp/main/policies policies --fleet fleet.json --people people.yaml",
      says: "what a branch changes, on the instances that there are",
      notRun: "it reads another checkout",
    },
  ],
  run: async (context, input) => (await import("../policy/run-policy-diff.ts")).runPolicyDiff(context, input),
};
