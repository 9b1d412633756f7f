import type { Command } from "../command/command.ts";

export const reviewCommand: Command = {
  name: "review",
  summary: "approve or deny somebody's request",
  description:
    "Shows what is asked for and, on a terminal, asks before it says your word. One denial ends the request. Nobody reviews their own, and nobody twice.",
  arguments: [{ name: "id", summary: "the access request's id, such as latchkey requests --reviewable shows" }],
  options: [
    { name: "approve", summary: "give access, once enough others have approved too" },
    { name: "deny", summary: "end the request" },
    {
      name: "duration",
      short: "d",
      value: "TIME",
      summary: "with --approve: give access for a shorter time, such as 30m; the least of all approvals holds",
    },
    { name: "comment", short: "m", value: "TEXT", summary: "why, in a line: the subject and the trail see it" },
    { name: "yes", short: "y", summary: "do not ask" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [
    { command: "latchkey review ar-… --approve", says: "after a look at it", notRun: "ar-… stands for an id" },
    {
      command: "latchkey review ar-… --approve --duration 30m",
      says: "for less time than was asked for",
      notRun: "ar-… stands for an id",
    },
    {
      command: "latchkey review ar-… --deny --comment 'Not during the freeze'",
      says: "with a word",
      notRun: "ar-… stands for an id",
    },
  ],
  run: async (context, input) => (await import("../access/run-review.ts")).runReview(context, input),
};
