import type { Command } from "../command/command.ts";
import {
  acceptNewHostKey,
  connectionOptions,
  identityOptions,
  sshOption,
  sshPort,
} from "../command/connection-options.ts";

export const sshCommand: Command = {
  name: "ssh",
  summary: "log in to an instance, or run a command on it",
  description: `Makes a key for this one connection, has AWS put it on the instance for sixty seconds, and runs your own ssh with it. The private key stays in memory: it is on no disk, and gone when ssh ends.

Host keys that Latchkey knows are checked strictly. If it knows none, ssh asks, and the key that you accept is pinned; without a terminal, the connection is refused.

ssh's own one-letter options may stand anywhere before a remote command, as may latchkey's. So rsync -e "latchkey ssh" and GIT_SSH_COMMAND="latchkey ssh" work.`,
  arguments: [{ name: "instance", isOptional: true, summary: "[user@] and its id or its Name tag, [@ACCOUNT/REGION]" }],
  options: [
    ...connectionOptions,
    sshPort("p"),
    ...identityOptions,
    {
      name: "local-forwarding",
      short: "L",
      value: "SPEC",
      isRepeatable: true,
      summary: "forward a local port, as ssh's -L: 8080:localhost:80",
    },
    sshOption,
    acceptNewHostKey,
    { name: "print", summary: "push a key and print the ssh command, instead of running it" },
    { name: "json", summary: "push a key and print the connection as JSON, instead of running ssh" },
  ],
  rest: { name: "ssh argument", isOptional: true, isRepeatable: true, summary: "options of ssh, and a remote command" },
  // Those of OpenSSH 10 but -i, -L, -l, -o and -p, which are options of latchkey, and -G and -V, which log in to
  // nothing: git tries -G first, and no key should be pushed for that.
  passedOn: { flags: "46AaCfgKkMNnqsTtvXxYy", withValue: "BbcDEeFIJmOPQRSWw", hasCommand: true },
  examples: [
    { command: "latchkey ssh web-1", says: "a shell on web-1, by its Name tag" },
    {
      command: "latchkey ssh web-1@444455556666/eu-west-1",
      says: "the web-1 of another account and region",
      notRun: "the account stands for one of yours",
    },
    { command: "latchkey ssh ubuntu@web-1 -- uptime", says: "a command, as another OS user" },
    {
      command: "latchkey ssh db-1 -L 5432:localhost:5432 -- -N",
      says: "its database on a local port",
      notRun: "it runs until Ctrl-C",
    },
    {
      command: "latchkey ssh web-1 --connection-type serial",
      says: "its serial console",
      notRun: "the local stack serves no console",
    },
    { command: `rsync -a -e "latchkey ssh" site/ web-1:site`, says: "a directory, by rsync" },
  ],
  run: async (context, input) => (await import("../ssh/ssh-command.ts")).runSsh(context, input),
};
