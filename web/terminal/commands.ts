import { posixWord } from "../../contract/posix-word.ts";
import type { Connection } from "../../sdk/index.ts";
import type { SessionOptions } from "./session-options.ts";

/** Where the command below writes the host keys, in the current directory. */
const knownHostsFile = "latchkey-known-hosts";

/** The command that does the same with Latchkey's own client, which makes a key by itself. */
export function latchkeyCommand(options: SessionOptions): string {
  const { instanceId, accountId, region, osUser, connectionType, ipAddress, endpointId } = options;
  const given = {
    "-l": osUser,
    "--connection-type": connectionType,
    "--instance-ip": ipAddress,
    "--eice-options": endpointId && `endpointId=${endpointId}`,
  };
  const words = Object.entries(given).flatMap(([name, value]) => (value ? [name, value] : []));
  const target = accountId && region ? `${instanceId}@${accountId}/${region}` : instanceId;
  return ["latchkey", "ssh", ...words, target].map(posixWord).join(" ");
}

/**
 * The commands that connect with a key of one's own that was pushed: one that writes the host keys, if any is known, and ssh.
 *
 * @param connection made with connection type `direct`
 */
export function sshCommands({ ssh }: Pick<Connection, "ssh">): readonly string[] {
  const hasHostKeys = ssh.knownHosts !== "";
  const options = hasHostKeys ? ["-o", `UserKnownHostsFile=${knownHostsFile}`] : [];
  const write = `printf %s ${posixWord(ssh.knownHosts)} > ${knownHostsFile}`;
  const words = ["ssh", ...options, ...ssh.args];
  return [...(hasHostKeys ? [write] : []), words.map(posixWord).join(" ")];
}
