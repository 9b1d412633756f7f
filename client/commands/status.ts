import type { Command } from "../command/command.ts";

export const statusCommand: Command = {
  name: "status",
  summary: "show who is signed in, and until when",
  description:
    "Shows whom latchkey login has signed in to this API. It asks nobody: latchkey whoami shows what the API says.",
  arguments: [],
  options: [{ name: "json", summary: "print it as JSON" }],
  examples: [
    { command: "latchkey status", says: "see whether you are signed in", notRun: "it fails if nobody is signed in" },
  ],
  run: async (context, input) => (await import("../login/run-status.ts")).runStatus(context, input),
};
