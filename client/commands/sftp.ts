import type { Command } from "../command/command.ts";
import {
  acceptNewHostKey,
  connectionOptions,
  identityOptions,
  sshOption,
  sshPort,
} from "../command/connection-options.ts";

export const sftpCommand: Command = {
  name: "sftp",
  summary: "look through and copy an instance's files",
  description: `Runs your own sftp over a connection like that of latchkey ssh. With a path it begins in that directory, or fetches that file.`,
  arguments: [
    { name: "instance[:path]", summary: "[user@] and its id or its Name tag, [@ACCOUNT/REGION], and where to begin" },
  ],
  options: [
    ...connectionOptions.filter(({ name }) => name !== "instance-id"),
    sshPort("P"),
    ...identityOptions,
    sshOption,
    acceptNewHostKey,
  ],
  rest: { name: "sftp option", isOptional: true, isRepeatable: true, summary: "options of sftp" },
  // Those of OpenSSH 10 but those that are options of latchkey.
  passedOn: { flags: "46AaCfNpqrv", withValue: "BbcDFJRSsX" },
  examples: [
    { command: "latchkey sftp web-1", says: "look around" },
    { command: "latchkey sftp -b commands.txt db-1:backups", says: "run a batch of commands" },
  ],
  run: async (context, input) => (await import("../ssh/copy-commands.ts")).runSftp(context, input),
};
