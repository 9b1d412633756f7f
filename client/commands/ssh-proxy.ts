import type { Command } from "../command/command.ts";

export const sshProxyCommand: Command = {
  name: "ssh-proxy",
  summary: "carry plain ssh to an instance",
  description: "What ssh runs as its ProxyCommand by the block that latchkey config prints.",
  arguments: [],
  options: [
    { name: "logins", value: "DIRECTORY", summary: "where ssh looks for agent and host keys" },
    { name: "suffix", value: "SUFFIX", summary: "what stands behind the instance's name" },
  ],
  rest: { name: "%n %p %r", summary: "host, port and user, as ssh has them" },
  examples: [],
  isHidden: true,
  run: async (context, input) => (await import("../ssh-config/run-ssh-proxy.ts")).runSshProxy(context, input),
};
