import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stateDirectoryOf } from "../../sdk/node/paths.ts";
import type { Connection } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import type { Target } from "../instances/target.ts";
import type { Identity } from "../keys/identity.ts";
import { makeKeptIdentity, makeOneTimeIdentity } from "../keys/one-time-identity.ts";
import { makePrivateDirectory, type PrivateDirectory, sweepDirectories } from "../keys/private-directory.ts";
import { readOwnFile } from "../settings/own-file.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { SshBasis } from "./arguments.ts";
import { connect, type MadeConnection } from "./connect.ts";
import { decideHostKeyCheck, type HostKeyCheck, hostKeyNameOf, knownHostsOf } from "./known-hosts.ts";
import { tunnelUrlVariable } from "./proxy-command.ts";

/** A connection with everything that ssh needs for it. */
export interface Session {
  readonly connection: Connection;
  /** The instance's Name tag, if the user named it by that. */
  readonly name: string | undefined;
  readonly identity: Identity;
  readonly basis: SshBasis;
  /** The environment that goes with the arguments. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where what belongs to this connection is. */
  readonly directory: string;
  /** Where what was accepted on this machine is. */
  readonly pinFile: string;
  /** When the pushed key ends, by this machine's clock. */
  readonly keyEndsAt: Date;
}

export interface SessionOptions {
  readonly target: Target;
  readonly options: Options;
  /** Whether ssh is run later, by somebody else: files stay for a minute. */
  readonly isKept?: boolean;
}

/**
 * Makes a key, has it pushed, and uses the connection. Nothing of it is left behind, even after a failure.
 *
 * The key and its agent are made while the API is asked, and old directories are swept while ssh runs: none of that delays it.
 *
 * @throws ApiProblem, Failure
 */
export async function withSession<T>(
  context: Context,
  { target, options, isKept = false }: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const identityFile = readIdentityOption(options);
  const directory = makePrivateDirectory(context, { isKept });
  const identity = makeIdentity(context, identityFile, directory.path, isKept);
  identity.catch(() => {}); // reported where it is awaited
  let isDone = false;
  try {
    const made = await connect(context, target, async () => (await identity).publicKey);
    const running = use(await prepare(context, { ...made, identity: await identity, directory, options, isKept }));
    const swept = sweepDirectories(context, context.clock());
    const result = await running;
    // Otherwise the process could end before it.
    if (isKept) await swept;
    isDone = true;
    return result;
  } finally {
    const isLeft = isKept && isDone;
    if (!isLeft) await identity.then(({ dispose }) => dispose()).catch(() => {});
    if (!isLeft) directory.remove();
  }
}

/** @throws Failure `usage` */
function readIdentityOption(options: Options): string | undefined {
  const [identity, privateKeyFile] = [options.text("identity"), options.text("private-key-file")];
  if (identity === undefined || privateKeyFile === undefined) return identity ?? privateKeyFile;
  throw new Failure("--identity and --private-key-file name two keys", { exitCode: exitCodes.usage });
}

async function makeIdentity(
  context: Context,
  file: string | undefined,
  directory: string,
  isKept: boolean,
): Promise<Identity> {
  if (file !== undefined) {
    const { readIdentityFile } = await import("../keys/identity-file.ts");
    return readIdentityFile(context, file, directory);
  }
  return isKept ? makeKeptIdentity(context, directory) : makeOneTimeIdentity(context, directory);
}

interface Preparation extends MadeConnection {
  readonly identity: Identity;
  readonly directory: PrivateDirectory;
  readonly options: Options;
  readonly isKept: boolean;
}

/** Writes the files that ssh reads. @throws Failure if there is no host key to accept. */
async function prepare(context: Context, preparation: Preparation): Promise<Session> {
  const { connection, name, identity, directory, options, isKept } = preparation;
  const { self, platform, terminal } = context;
  const receivedAt = context.clock().getTime();
  const life = Date.parse(connection.expiresAt) - Date.parse(connection.serverTime);
  const pinFile = pinFileOf(context);
  const check = decideHostKeyCheck(connection, {
    pins: connection.hostKeys.length > 0 ? "" : await readPins(pinFile),
    isInteractive: terminal.isInteractive || isKept,
    acceptsNew: options.flag("accept-new-host-key"),
    commandLine: context,
  });
  if (check.kind === "unknown") terminal.note(noKeyKnown(connection, check));
  const places = { directory: directory.path, pinFile };
  const knownHostsFile = writeKnownHosts(check, hostKeyNameOf(connection), places);
  return {
    connection,
    name,
    identity,
    basis: { connection, identity, check, knownHostsFile, self, platform },
    variables: connection.tunnel === undefined ? {} : { [tunnelUrlVariable]: connection.tunnel.url },
    ...places,
    keyEndsAt: new Date(receivedAt + life),
  };
}

function noKeyKnown({ hostKeyAlias }: Connection, { accepts }: HostKeyCheck & { readonly kind: "unknown" }): string {
  const what = `no host key of ${visible(hostKeyAlias)} is known`;
  return accepts === "ask"
    ? `${what}: compare the fingerprint that ssh shows with the instance's own before you accept it`
    : `${what}: the one that is shown is taken unseen, and kept to from now on`;
}

/** The client's own known_hosts, with what was accepted on this machine, by id, region and account. */
export function pinFileOf(context: Context): string {
  return path.join(stateDirectoryOf(context), "known_hosts");
}

/** @returns its text; empty if there is none. @throws Failure if it exists and cannot be read: it may hold a pin. */
export async function readPins(pinFile: string): Promise<string> {
  try {
    return await readOwnFile(pinFile);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new Failure("the host keys that were accepted on this machine cannot be read", {
      exitCode: exitCodes.noInput,
      hint: `see ${pinFile}`,
      cause,
    });
  }
}

interface KnownHostsFiles {
  readonly directory: string;
  readonly pinFile: string;
}

/** @returns the file that ssh is to go by. */
function writeKnownHosts(check: HostKeyCheck, alias: string, { directory, pinFile }: KnownHostsFiles): string {
  if (check.kind === "unknown") mkdirSync(path.dirname(pinFile), { recursive: true, mode: 0o700 });
  if (check.kind !== "known") return pinFile;
  const file = path.join(directory, "known_hosts");
  writeFileSync(file, knownHostsOf(alias, check.hostKeys), { mode: 0o600 });
  return file;
}
