import type { Command } from "../command/command.ts";
import {
  acceptNewHostKey,
  connectionOptions,
  identityOptions,
  sshOption,
  sshPort,
} from "../command/connection-options.ts";

export const scpCommand: Command = {
  name: "scp",
  summary: "copy files to or from an instance",
  description: `Runs your own scp over a connection like that of latchkey ssh. Remote files are [user@]instance:path, all of one instance; ./a:b is a local file with a colon in its name.`,
  arguments: [
    {
      name: "file",
      isRepeatable: true,
      summary: "one source or more, then the target; one side is [user@]instance:path",
    },
  ],
  options: [
    { name: "recursive", short: "r", summary: "copy directories with all that is in them" },
    { name: "preserve", short: "p", summary: "keep times and modes" },
    { name: "compress", short: "C", summary: "compress on the way" },
    { name: "quiet", short: "q", summary: "show no progress" },
    ...connectionOptions.filter(({ name }) => name !== "instance-id"),
    sshPort("P"),
    ...identityOptions,
    sshOption,
    acceptNewHostKey,
  ],
  rest: { name: "scp option", isOptional: true, isRepeatable: true, summary: "further options of scp" },
  // Those of OpenSSH 10 but -3, which needs two instances, and those that are options of latchkey.
  passedOn: { flags: "46ABORTv", withValue: "cDFJSX" },
  examples: [
    { command: "latchkey scp -r site web-1:", says: "a directory to web-1" },
    { command: "latchkey scp db-1:a.log db-1:b.log .", says: "two files from db-1" },
    { command: "latchkey scp -O dump.sql db-1:", says: "for an instance without sftp" },
  ],
  run: async (context, input) => (await import("../ssh/copy-commands.ts")).runScp(context, input),
};
