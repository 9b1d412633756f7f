import type { Command } from "../command/command.ts";

export const configCommand: Command = {
  name: "config",
  summary: "print a block for ~/.ssh/config, so that plain ssh works",
  description:
    "Prints a block for OpenSSH's configuration, with which ssh, scp, sftp, rsync, git and VS Code reach instances as web-1.latchkey or i-….latchkey; if several accounts or regions have the name, as web-1.eu-west-1.444455556666.latchkey. Each ssh gets a key of its own through Latchkey, as with latchkey ssh.\n\nIt needs OpenSSH 8.4 or later, on Linux or macOS. The block lists the instances that you see now, each with its default user; others work too, as ec2-user or user@name.latchkey. LATCHKEY_URL and the other settings of the environment become a part of it, credentials never.",
  arguments: [],
  options: [
    { name: "check", summary: "print nothing; say whether ssh's configuration lets the block work" },
    {
      name: "command",
      value: "COMMAND",
      summary: "how ssh runs latchkey, as a shell reads it; else by its present path",
    },
    {
      name: "suffix",
      value: "SUFFIX",
      summary: "what stands behind names, for a second Latchkey (default: .latchkey)",
    },
  ],
  examples: [
    {
      command: "latchkey config > ~/.ssh/latchkey.conf",
      says: "then, as the first line of ~/.ssh/config: Include latchkey.conf",
    },
    { command: "ssh web-1.latchkey uptime; rsync -a site/ web-1.latchkey:site/", says: "what works from then on" },
  ],
  run: async (context, input) => (await import("../ssh-config/run-config.ts")).runConfig(context, input),
};
