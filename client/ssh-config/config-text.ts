import { posixWord } from "../quoting/shell-words.ts";
import { visible } from "../terminal/terminal.ts";
import type { NamedInstance } from "./host-names.ts";
import { agentFile, knownHostsFile } from "./login-directory.ts";

/** What the block is made of. */
export interface ConfigBasis {
  readonly instances: readonly NamedInstance[];
  /** What stands behind names and ids: `.latchkey`. */
  readonly suffix: string;
  /** The directory of all logins, absolute. */
  readonly logins: string;
  /** How latchkey is run: words, or a command as the shell is to read it. */
  readonly self: readonly string[] | string;
  /** Environment variables that latchkey needs to find the API, and that a program which runs ssh may not have: no secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the user gets this text again. */
  readonly madeBy: string;
}

/** For an instance that the block does not name. */
const usualUser = "ec2-user";

/** Characters of a Name that a comment shows. */
const shownName = 64;

/**
 * A block for ssh_config(5), for OpenSSH 8.4 and later. Everything from elsewhere stands in it in a form that ssh and the shell
 * take for one word, or not at all.
 */
export function configText(basis: ConfigBasis): string {
  const { instances, madeBy } = basis;
  return `${[head(madeBy), ...instances.map((instance) => hostBlock(instance, basis)), generalBlock(basis)].join("\n\n")}\n`;
}

function head(madeBy: string): string {
  return `# Include this file in the first line of ~/.ssh/config: ssh takes the first value that it finds for an option.
#
#   ${madeBy} > ~/.ssh/latchkey.conf
#   Include latchkey.conf
#
# With it ssh, scp, sftp, rsync, git and VS Code reach instances by these names (OpenSSH 8.4 and later).
# \`${madeBy} --check\` says whether anything in the configuration stands in the way.`;
}

function hostBlock({ instanceId, osUser, name, leftOut }: NamedInstance, { suffix }: ConfigBasis): string {
  const hosts = [...(name === undefined ? [] : [name]), instanceId].map((host) => `${host}${suffix}`);
  const comment = leftOut && `# Not by its name ${quoted(leftOut.name)}: ${leftOut.because}.\n`;
  return `${comment ?? ""}Host ${hosts.join(" ")}\n  User ${osUser}`;
}

function quoted(name: string): string {
  const characters = [...name];
  const shown = characters.length <= shownName ? name : `${characters.slice(0, shownName - 1).join("")}…`;
  return `"${visible(shown)}"`;
}

/**
 * Quotes and backslashes could leave the shell's quotes around `%n` and `%r`; an ssh before 9.6 lets them through
 * (CVE-2023-51385). With them, this block is for no host.
 */
const harmless = `!*'*,!*\\*`;

function generalBlock({ suffix, logins, self, variables }: ConfigBasis): string {
  const login = `"${logins.replaceAll("%", "%%")}/%r@%n`;
  return `# The instances above, and any that was launched since.
Match originalhost "*${suffix},${harmless}" user "*,${harmless}"
  User ${usualUser}
  # Asks Latchkey for the connection, prepares the files below, and then carries ssh to the instance.
  ProxyCommand ${proxyCommand(self, variables, logins, suffix)}
  # The key of this one connection: it is in the memory of that process alone.
  IdentityAgent ${login}/${agentFile}"
  IdentityFile none
  IdentitiesOnly no
  PubkeyAuthentication yes
  PubkeyAcceptedKeyTypes +ssh-ed25519
  PreferredAuthentications publickey,keyboard-interactive,password
  # The host keys that Latchkey vouches for, and no others.
  UserKnownHostsFile ${login}/${knownHostsFile}"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  VerifyHostKeyDNS no
  UpdateHostKeys no
  CheckHostIP no`;
}

function proxyCommand(
  self: ConfigBasis["self"],
  variables: Readonly<Record<string, string>>,
  logins: string,
  suffix: string,
): string {
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const words = (all: readonly string[]) => all.map(posixWord).join(" ");
  const parts = [
    ...(settings.length > 0 ? [words(["env", ...settings])] : []),
    typeof self === "string" ? self : words(self),
    words(["ssh-proxy", "--logins", logins, "--suffix", suffix, "--"]),
  ];
  return `${parts.join(" ").replaceAll("%", "%%")} '%n' '%p' '%r'`;
}
