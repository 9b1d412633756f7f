import type { Command } from "../command/command.ts";

export const revokeCommand: Command = {
  name: "revoke",
  summary: "end active access before its time",
  description:
    "Ends access at once: no connection begins by it any more. A key that was pushed lives out its 60 seconds, and an SSH session that is open goes on: to throw somebody out, end their session on the instance.\n\nThe subject may, each of its reviewers, and whom policy permits. A request that is still pending is taken back by latchkey cancel, or denied by latchkey review.",
  arguments: [{ name: "id", summary: "the access request's id" }],
  options: [
    { name: "comment", short: "m", value: "TEXT", summary: "why, in a line, for the trail" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [{ command: "latchkey revoke ar-…", says: "I'm done" }],
  run: async (context, input) => (await import("../access/run-ending.ts")).runRevoke(context, input),
};
