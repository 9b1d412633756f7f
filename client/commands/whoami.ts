import type { Command } from "../command/command.ts";

export const whoamiCommand: Command = {
  name: "whoami",
  summary: "show as whom Latchkey knows you",
  description:
    "Shows your id, and the groups that policy goes by. A person is one whose role pins the session's name; every other caller is a machine.",
  arguments: [],
  options: [{ name: "json", summary: "print it as JSON" }],
  examples: [{ command: "latchkey whoami", says: "see whether URL and credentials are right" }],
  run: async (context, input) => (await import("../instances/run-whoami.ts")).runWhoami(context, input),
};
