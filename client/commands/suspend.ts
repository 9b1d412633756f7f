import type { Command } from "../command/command.ts";

export const suspendCommand: Command = {
  name: "suspend",
  summary: "refuse everything that a person or machine asks for",
  description:
    "Suspends a caller: every request of theirs is refused, and their access requests, those that they made for others, and their reviews no longer count. A pushed key stays valid for its full 60 seconds, and an open SSH session continues: to end it, end the session on the instance.\n\nOn a terminal it asks first. Policy says who may. Nobody suspends or restores themselves. --restore lets the caller in again; nothing that the suspension ended comes back.",
  arguments: [{ name: "caller", summary: "the id of a person or a machine, as in the trail" }],
  options: [
    { name: "reason", value: "TEXT", summary: "why, in a line, for the trail" },
    { name: "restore", summary: "end the suspension" },
    { name: "yes", short: "y", summary: "do not ask" },
    { name: "json", summary: "print the suspension as JSON" },
  ],
  examples: [
    { command: "latchkey suspend dave --reason 'Laptop stolen'", says: "at once", notRun: "it would lock dave out" },
    {
      command: "latchkey suspend dave --restore --reason 'New laptop'",
      says: "once all is well",
      notRun: "dave is not suspended",
    },
  ],
  run: async (context, input) => (await import("../access/run-suspend.ts")).runSuspend(context, input),
};
