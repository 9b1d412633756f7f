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

Host keys are checked strictly where Latchkey knows them. Where it does not, ssh asks, and what you accept is kept to; without a terminal there is then no connection.

What stands behind the instance is for ssh: its options, and a remote command. Options of latchkey may stand there too, before a remote command. So rsync -e "latchkey ssh" and GIT_SSH_COMMAND="latchkey ssh" work.`,
  arguments: [{ name: "instance", isOptional: true, summary: "[user@] and its id or its Name tag" }],
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
  // ssh(1) of OpenSSH 10, but for -i, -L, -l, -o and -p, which are options of latchkey.
  passedOn: { flags: "46AaCfGgKkMNnqsTtVvXxYy", withValue: "BbcDEeFIJmOPQRSWw" },
  examples: [
    { command: "latchkey ssh web-1", says: "a shell on web-1, by its Name tag" },
    { command: "latchkey ssh ubuntu@web-1 -- uptime", says: "a command, as another OS user" },
    { command: "latchkey ssh db-1 -L 5432:localhost:5432 -- -N", says: "its database on a local port" },
    { command: "latchkey ssh web-1 --connection-type serial", says: "its serial console" },
    { command: `rsync -a -e "latchkey ssh" site/ web-1:/srv/site`, says: "a directory, by rsync" },
  ],
  run: async (context, input) => (await import("../ssh/ssh-command.ts")).runSsh(context, input),
};
