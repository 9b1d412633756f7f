import type { OptionSpec } from "./command.ts";

export const settingsOption: OptionSpec = {
  name: "settings",
  value: "FILE",
  summary: "the settings; else the cdk.json beside the policies' directory",
};

/** Which policies a command is about, and the settings that they are checked against. */
export const policyOptions: readonly OptionSpec[] = [
  { name: "policies", value: "DIRECTORY", summary: "the directory of the policies (default: policies)" },
  settingsOption,
];
