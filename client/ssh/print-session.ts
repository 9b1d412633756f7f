import { writeFile } from "node:fs/promises";
import path from "node:path";
import { showDuration } from "../../contract/duration.ts";
import type { Context } from "../command/context.ts";
import { posixWord, powerShellWord, printedCommand } from "../quoting/shell-words.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { clockTime } from "./after-failure.ts";
import { tunnelUrlVariable } from "./proxy-command.ts";
import type { Session } from "./session.ts";

/** Prints the command that connects, on one line, to be run while the key lives. */
export async function printSsh(context: Context, session: Session, args: readonly string[]): Promise<number> {
  const { terminal, platform } = context;
  const url = session.connection.tunnel?.url;
  const urlFile = url === undefined ? undefined : await writeUrl(session.directory, url);
  terminal.note(pushedWords(session));
  noteOneTimeKey(context, session);
  terminal.out(`${withTunnel(printedCommand(["ssh", ...args], platform), urlFile, platform)}\n`);
  return exitCodes.ok;
}

/** Prints the API's answer as it is. */
export async function printConnection(context: Context, session: Session): Promise<number> {
  const { terminal } = context;
  terminal.note(pushedWords(session));
  noteOneTimeKey(context, session);
  if (session.connection.tunnel !== undefined)
    terminal.note("tunnel.url is a secret while it lives: keep it out of logs");
  terminal.json(session.connection);
  return exitCodes.ok;
}

function pushedWords({ connection, name }: Session): string {
  const { instanceId, user, publicKeyFingerprint, expiresAt, serverTime } = connection;
  const life = showDuration(Math.floor((Date.parse(expiresAt) - Date.parse(serverTime)) / 1000));
  const where = name === undefined ? visible(instanceId) : `${phrase(name)} (${visible(instanceId)})`;
  return `the key ${visible(publicKeyFingerprint)} logs in to ${where} as ${visible(user)} for ${life}, until ${clockTime(expiresAt)}`;
}

/** Without `--identity` the key could not outlive this process but in a file. */
function noteOneTimeKey({ terminal }: Context, { identity: { keyFile } }: Session): void {
  if (keyFile === undefined) return;
  terminal.note(
    `the one-time key is in ${visible(keyFile)}, which only you can read, since this process ends before it is used`,
  );
  terminal.hint("--identity FILE.pub pushes a key of yours instead, and writes no private key anywhere");
}

/** Not on the command line: that is for everybody to see, and would stay in the shell's history. */
async function writeUrl(directory: string, url: string): Promise<string> {
  const file = path.join(directory, "tunnel-url");
  await writeFile(file, url, { mode: 0o600 });
  return file;
}

function withTunnel(command: string, urlFile: string | undefined, platform: NodeJS.Platform): string {
  if (urlFile === undefined) return command;
  return platform === "win32"
    ? `$env:${tunnelUrlVariable} = Get-Content ${powerShellWord(urlFile)}; ${command}`
    : `${tunnelUrlVariable}="$(cat ${posixWord(urlFile)})" ${command}`;
}
