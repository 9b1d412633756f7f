import type { Command } from "../command/command.ts";

/** What the completion scripts run for words that only the API knows. */
export const completeCommand: Command = {
  name: "complete",
  summary: "print words for a shell's completion",
  description:
    "Prints names that begin with a text, a line each. It is quick, and prints nothing if anything goes wrong.",
  arguments: [
    { name: "kind", summary: "instances or requests" },
    { name: "text", isOptional: true, summary: "what they begin with" },
  ],
  options: [],
  examples: [],
  isHidden: true,
  run: async (context, input) => (await import("../completion/run-complete.ts")).runComplete(context, input),
};
