import type { Command } from "../command/command.ts";

export const requestsCommand: Command = {
  name: "requests",
  summary: "list access requests",
  description:
    "Lists the access requests that you may see, newest first: yours, those you asked for, and those for instances that you see. With --reviewable, the oldest come first, and ALSO has who else can review each. If those of an account and region may be missing, standard error says so, and the exit code is 69.\n\nWith --wait, shows those that wait for a review which you may give, and each more that comes.",
  arguments: [],
  options: [
    {
      name: "status",
      value: "STATUS",
      choices: ["pending", "scheduled", "active", "denied", "cancelled", "expired", "revoked"],
      summary: "only those with this status",
    },
    { name: "instance", value: "INSTANCE", summary: "only those for this instance" },
    { name: "subject", value: "SUBJECT", summary: "only those that give this person access" },
    { name: "mine", summary: "only those that give you access" },
    { name: "reviewable", summary: "only those that take a review which you may give" },
    {
      name: "wait",
      short: "w",
      summary: "keep looking for requests to review, until Ctrl-C or after --limit; with --json, one object each",
    },
    { name: "limit", short: "n", value: "COUNT", summary: "as many as this; all if left out" },
    { name: "json", summary: "print them as a JSON array" },
  ],
  examples: [
    { command: "latchkey requests --reviewable", says: "what waits for you" },
    {
      command: "latchkey requests --wait",
      says: "what comes for you to review",
      notRun: "it waits until Ctrl-C",
    },
    { command: "latchkey requests --status active --json", says: "who has access now, for a script" },
  ],
  run: async (context, input) => (await import("../access/run-requests.ts")).runRequests(context, input),
};
