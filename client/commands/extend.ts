import type { Command } from "../command/command.ts";

export const extendCommand: Command = {
  name: "extend",
  summary: "ask for more time before access ends",
  description:
    "Asks for an extension of active access, which is reviewed like a request. Until then, and if it is denied, access ends as before. To withdraw it, use latchkey cancel.",
  arguments: [{ name: "id", summary: "the access request's id" }],
  options: [
    { name: "reason", short: "r", value: "TEXT", summary: "why you need more time, in a line" },
    { name: "duration", short: "d", value: "TIME", summary: "how much longer, such as 1h or 30m; 1h if left out" },
    { name: "wait", short: "w", summary: "wait until it is approved or denied" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [
    {
      command: "latchkey extend ar-… --duration 30m --reason 'The restore is slow' --wait",
      says: "half an hour more",
      notRun: "ar-… stands for an id",
    },
  ],
  run: async (context, input) => (await import("../access/run-extend.ts")).runExtend(context, input),
};
