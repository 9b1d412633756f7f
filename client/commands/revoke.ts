import type { Command } from "../command/command.ts";

export const revokeCommand: Command = {
  name: "revoke",
  summary: "end active access before its time",
  description:
    "Ends access at once: no connection can be made with it. A pushed key stays valid for its full 60 seconds, and an open SSH session continues: to end it, end the session on the instance.\n\nThe subject may, each of its reviewers, and whom policy permits. Access by tags ends for all instances at once. To end it by your right on one of them, name that with --instance. To end a pending request, use latchkey cancel or latchkey review.",
  arguments: [{ name: "id", summary: "the access request's id" }],
  options: [
    { name: "comment", short: "m", value: "TEXT", summary: "why, in a line, for the trail" },
    { name: "instance", value: "INSTANCE", summary: "of access by tags: an instance on which you may revoke" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [{ command: "latchkey revoke ar-…", says: "I'm done", notRun: "ar-… stands for an id" }],
  run: async (context, input) => (await import("../access/run-ending.ts")).runRevoke(context, input),
};
