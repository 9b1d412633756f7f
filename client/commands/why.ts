import type { Command } from "../command/command.ts";
import { connectionOptions, sshPort } from "../command/connection-options.ts";

export const whyCommand: Command = {
  name: "why",
  summary: "explain whether you could connect to an instance, and why",
  description:
    "Asks for the decision that a connection would get now: which policies decide, how the instance would be reached, what is missing. If policy permits it and the instance cannot be reached, it checks what lies between: security groups, network ACLs, routes, the endpoint. It changes nothing. With --for it is about somebody else, for whom policy must let you ask for access.\n\nIts exit code is 0 if the connection would be made, else the one that latchkey ssh would end with.",
  arguments: [
    {
      name: "instance",
      isOptional: true,
      summary: "[user@] and its id or its Name tag, [@ACCOUNT/REGION]",
    },
  ],
  options: [
    ...connectionOptions.filter(({ name }) => name !== "reason"),
    sshPort("p"),
    { name: "for", value: "SUBJECT", summary: "the person who would connect, if that is not you" },
    { name: "checks", summary: "check what lies between you and the instance, also if you can connect" },
    { name: "json", summary: "print the decision as JSON, with --checks the connection options too" },
  ],
  examples: [
    { command: "latchkey why web-1", says: "as the instance's default OS user, however it can be reached" },
    { command: "latchkey why root@prod-1", says: "as root: what would that need?" },
    { command: "latchkey why db-1 --checks", says: "does a security group or a network ACL stand between?" },
    {
      command: "latchkey why web-1 --for bob",
      says: "could bob?",
      notRun: "policy must let you ask for access for bob",
    },
  ],
  run: async (context, input) => (await import("../instances/run-why.ts")).runWhy(context, input),
};
