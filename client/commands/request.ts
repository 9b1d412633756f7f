import type { Command } from "../command/command.ts";

export const requestCommand: Command = {
  name: "request",
  summary: "ask for access to an instance, or to all that have certain tags",
  description:
    "Asks for access as one OS user for some time, with a reason, where policy lets you connect only with an access request. The command for reviewers is shown.\n\nWhat is printed is the request's id. Asking again for the same instance and user, while a request is open, answers that one.\n\nWith --tag it is for every instance that has all of these tags. Policy still decides at each connection, on all tags that the instance has then.",
  arguments: [
    { name: "instance", isOptional: true, summary: "its id or its Name tag, [@ACCOUNT/REGION]; left out with --tag" },
  ],
  options: [
    {
      name: "reason",
      short: "r",
      value: "TEXT",
      summary: "why you need it, in a line: reviewers and the trail see it",
    },
    { name: "os-user", short: "l", value: "USER", summary: "the OS user to log in as; else the instance's default" },
    {
      name: "tag",
      value: "KEY=VALUE",
      isRepeatable: true,
      summary: "every instance with this tag, instead of <instance>; needs --os-user",
    },
    {
      name: "duration",
      short: "d",
      value: "TIME",
      summary: "how long, such as 1h, 30m or 3600 (seconds); 1h if left out",
    },
    {
      name: "starts-at",
      value: "TIME",
      summary: "when access is to start, such as +2h, 18:00 (your time zone) or 2026-03-01T18:00Z",
    },
    { name: "for", value: "SUBJECT", summary: "the person who gets access, if that is not you" },
    {
      name: "break-glass",
      summary: "access at once, without review, in an emergency: where policy lets you, and marked",
    },
    { name: "wait", short: "w", summary: "wait until it is approved or denied; Ctrl-C cancels it" },
    { name: "json", summary: "print the access request as JSON" },
  ],
  examples: [
    { command: "latchkey request prod-1 --reason 'The disk is full'", says: "an hour as the default user" },
    {
      command: "latchkey request --tag env=prod -l ec2-user -d 4h -r 'Upgrade the kernel'",
      says: "four hours, on every instance of production",
    },
    {
      command: "latchkey request prod-1 -d 2h --starts-at +2h -r 'Move the database'",
      says: "two hours, in two hours, approved before then",
    },
    {
      command:
        "latchkey request prod-1 -l root -d 30m -r 'Rotate the certificate' --wait && latchkey ssh prod-1 -l root",
      says: "ask, wait, and log in",
      notRun: "it waits for reviewers",
    },
  ],
  run: async (context, input) => (await import("../access/run-request.ts")).runRequest(context, input),
};
