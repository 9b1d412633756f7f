import { isIP } from "node:net";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Connection } from "../../sdk/types.ts";
import type { Identity } from "../keys/identity.ts";
import { pathValue, quotedWord } from "../quoting/config-value.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { type HostKeyCheck, hostKeyNameOf } from "./known-hosts.ts";
import { tunnelCommand } from "./proxy-command.ts";

/** What ssh's own options for a connection are made of. */
export interface SshBasis {
  readonly connection: Connection;
  readonly identity: Pick<Identity, "sshOptions">;
  readonly check: HostKeyCheck;
  /** Where the accepted keys are: of this connection alone, or for pins the client's own. */
  readonly knownHostsFile: string;
  /** How latchkey is run: program and arguments. */
  readonly self: readonly string[];
  readonly platform: NodeJS.Platform;
}

/**
 * The options that ssh, scp and sftp are given, in an order that cannot matter. They are made of the response's checked
 * fields, never of its `ssh.args`, so that no response can add an option. ssh takes the first value that it finds, so
 * what the user's own options and configuration say comes after them.
 */
export function sshOptions({
  connection,
  identity,
  check,
  knownHostsFile,
  self,
  platform,
}: SshBasis): readonly string[] {
  const { connectionType, port, user } = connection;
  const isSerial = check.kind === "fingerprint";
  return [
    ...identity.sshOptions,
    ...assignments({
      // No other key of the user's agent: a server that lets a client try five would not see the right one (mssh#10).
      IdentitiesOnly: "yes",
      PubkeyAuthentication: "yes",
      // A configuration may leave out the type of the one-time key. Newer versions of ssh know this name too.
      PubkeyAcceptedKeyTypes: "+ssh-ed25519",
      // A configuration that prefers passwords alone would never show the key.
      PreferredAuthentications: "publickey,keyboard-interactive,password",
      HostKeyAlias: safeName(hostKeyNameOf(connection)),
      StrictHostKeyChecking: check.kind === "unknown" ? check.accepts : "yes",
      UserKnownHostsFile: isSerial ? nothing : pathValue(knownHostsFile, platform),
      GlobalKnownHostsFile: nothing,
      ...(isSerial && { KnownHostsCommand: knownHostCommand(self, check.fingerprint) }),
      // Both would bring in keys that nobody has vouched for.
      UpdateHostKeys: "no",
      VerifyHostKeyDNS: "no",
      // What is accepted is to be found again, by this name and no other.
      HashKnownHosts: "no",
      CheckHostIP: "no",
      User: safeUser(user),
      Port: String(port),
      ...(connectionType === "eice" && { ProxyCommand: tunnelCommand(self, platform) }),
    }),
  ];
}

/** OpenSSH knows the name on Windows too. */
const nothing = "/dev/null";

function assignments(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** Has ssh ask `latchkey known-host` about the key that it is shown (OpenSSH 8.5 and later). No shell is between. */
function knownHostCommand(self: readonly string[], fingerprint: string): string {
  const words = [...self, "known-host", fingerprint].map((word) => quotedWord(word).replaceAll("%", "%%"));
  return [...words, "%H", "%t", "%K"].join(" ");
}

/**
 * What to dial. Through a tunnel that is the instance's own name: its private address may be another instance's elsewhere, and a
 * shared connection of the user's (ControlPath) goes by the name.
 */
function destinationOf(connection: Connection): string {
  return safeName(connection.connectionType === "eice" ? hostKeyNameOf(connection) : connection.host);
}

function safeUser(user: string): string {
  if (fits(contract.osUser, user)) return user;
  throw strange();
}

/** Neither an option nor anything that ssh, a shell or a file would read as more than a name. @throws Failure `protocol` */
function safeName(name: string): string {
  // In this order, since Node's pattern for IPv6 takes milliseconds to compile.
  if (/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(name) || isIP(name) !== 0) return name;
  throw strange();
}

function strange(): Failure {
  return new Failure("the API's answer names a host or a user that none can be", { exitCode: exitCodes.protocol });
}

export interface SshArguments {
  /** `--local-forwarding` */
  readonly forwardings: readonly string[];
  /** `--ssh-option` */
  readonly options: readonly string[];
  /** Everything for ssh: its own options, a remote command. */
  readonly rest: readonly string[];
}

/** ssh reads options behind the destination too, so the rest needs no parting. */
export function sshArguments(basis: SshBasis, { forwardings, options, rest }: SshArguments): readonly string[] {
  return [
    ...sshOptions(basis),
    ...forwardings.flatMap((forwarding) => ["-L", forwarding]),
    ...options.flatMap((option) => ["-o", option]),
    destinationOf(basis.connection),
    ...rest,
  ];
}

/**
 * For a second look at the server: nothing of what the user has added, so that a fault in that is not taken for the server's.
 *
 * @param given the user's options. @returns undefined if they name a way of their own to the server: no look goes that way.
 */
export function lookArguments(basis: SshBasis, given: readonly string[]): readonly string[] | undefined {
  if (given.some((word) => /^(?:-[JFbB46]|(?:-o)?(?:Proxy|Bind|AddressFamily|HostName))/i.test(word))) return undefined;
  return sshArguments(basis, { forwardings: [], options: [], rest: [] });
}

/** A file of this machine, or of the instance. */
export interface Operand {
  readonly isRemote: boolean;
  readonly path: string;
}

export interface CopyArguments {
  /** scp's own flags, and `-o`. */
  readonly flags: readonly string[];
  /** Sources, then the target. */
  readonly operands: readonly Operand[];
}

export function scpArguments(basis: SshBasis, { flags, operands }: CopyArguments): readonly string[] {
  const remote = beforeColon(destinationOf(basis.connection));
  return [
    ...sshOptions(basis),
    ...flags,
    "--",
    ...operands.map(({ isRemote, path }) => (isRemote ? `${remote}:${path}` : path)),
  ];
}

/** @param rest sftp's own options: they stand before the destination. */
export function sftpArguments(basis: SshBasis, rest: readonly string[], path: string | undefined): readonly string[] {
  const remote = beforeColon(destinationOf(basis.connection));
  return [...sshOptions(basis), ...rest, "--", path === undefined ? remote : `${remote}:${path}`];
}

function beforeColon(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
