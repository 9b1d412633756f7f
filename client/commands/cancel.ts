import type { Command } from "../command/command.ts";

export const cancelCommand: Command = {
  name: "cancel",
  summary: "take back a request that is pending",
  description:
    "Cancels a pending request. Its subject may, and the caller who asked. To end active access, use latchkey revoke.",
  arguments: [{ name: "id", summary: "the access request's id" }],
  options: [
    { name: "comment", short: "m", value: "TEXT", summary: "why, in a line, for the trail" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [{ command: "latchkey cancel ar-…", says: "never mind", notRun: "ar-… stands for an id" }],
  run: async (context, input) => (await import("../access/run-ending.ts")).runCancel(context, input),
};
