import type { Command } from "../command/command.ts";

export const instancesCommand: Command = {
  name: "instances",
  summary: "list the instances that you may see",
  description:
    "Lists instances with the ways to reach them and the OS user that you get unless you name one. Instances that you may not see are not listed. If those of an account and region may be missing, standard error says so, and the exit code is 69.",
  arguments: [],
  options: [
    { name: "name", value: "NAME", summary: "match the Name tag exactly" },
    { name: "name-prefix", value: "TEXT", summary: "match how the Name tag starts" },
    { name: "address", value: "ADDRESS", summary: "only the one with this IP address or DNS name of AWS's" },
    {
      name: "state",
      value: "STATE",
      choices: ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"],
      summary: "only those in this state",
    },
    { name: "tag", value: "KEY=VALUE", isRepeatable: true, summary: "only those with this tag" },
    { name: "account", value: "ACCOUNT", summary: "only those in this AWS account" },
    { name: "region", value: "REGION", summary: "only those in this AWS region" },
    { name: "limit", short: "n", value: "COUNT", summary: "as many as this; all if left out" },
    { name: "json", summary: "print all that is known of them as a JSON array" },
  ],
  examples: [
    { command: "latchkey instances --tag env=dev", says: "those of one environment" },
    {
      command: "latchkey instances --json | jq -r '.[] | select(.state == \"running\") | .instanceId'",
      says: "the ids of those that run, for a script",
    },
  ],
  run: async (context, input) => (await import("../instances/run-instances.ts")).runInstances(context, input),
};
