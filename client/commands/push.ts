import type { Command } from "../command/command.ts";
import { connectionOptions, identityOptions, sshPort } from "../command/connection-options.ts";

export const pushCommand: Command = {
  name: "push",
  summary: "put a public key of yours on an instance for sixty seconds",
  description: `For tools that run ssh themselves. The key is on the instance for sixty seconds: a session opened with it stays open. It prints the ssh command that works until then; your private key is not read.`,
  arguments: [{ name: "instance", isOptional: true, summary: "[user@] and its id or its Name tag, [@ACCOUNT/REGION]" }],
  options: [
    ...connectionOptions,
    sshPort("p"),
    ...identityOptions,
    { name: "json", summary: "print the connection as JSON" },
  ],
  examples: [
    { command: "latchkey push web-1 --identity ~/.ssh/id_ed25519.pub", says: "push a key, and print what to run" },
    { command: "latchkey push --instance-id i-0123456789abcdef0 -i key.pub --json", says: "the same, for a script" },
  ],
  run: async (context, input) => (await import("../ssh/push-command.ts")).runPush(context, input),
};
