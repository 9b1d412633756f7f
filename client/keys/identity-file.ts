import { access, type FileHandle, open, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { publicHalfOfOpenSsh } from "../../ssh-format/private-key-file.ts";
import { identityPath } from "../quoting/config-value.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { runChild } from "../terminal/run-child.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";
import type { Identity } from "./identity.ts";
import { adviser, onPrivateKey } from "./key-advice.ts";
import { publicKeyIn } from "./public-key-text.ts";

/** Bytes: four times what EC2 Instance Connect takes as a key, for comments. */
const maxPublicFileBytes = 16 * 1024;

/**
 * Reads a key of the user's. Of a private key only the public half is read: from the file beside it (`FILE.pub`), else from
 * OpenSSH's own format, which has it in the clear, else by ssh-keygen, which asks for a passphrase itself if somebody is there.
 * What is sent is the public key, without its comment.
 *
 * @param file `FILE.pub`, or the private key's own file.
 * @param directory where a file for ssh may be written, if ssh is to use the key.
 * @throws Failure `noInput` if there is no public key.
 */
export async function readIdentityFile(
  { homeDirectory, platform, terminal }: Pick<World, "homeDirectory" | "platform" | "terminal">,
  file: string,
  directory?: string,
): Promise<Identity> {
  // The shell leaves `--identity=~/…` as it is.
  const full = path.resolve(file.replace(/^~(?=\/|$)/, () => homeDirectory));
  const machine = { platform, mayAsk: terminal.isInteractive, directory };
  const { publicKey, sshFile } = full.endsWith(".pub")
    ? await fromPublicFile(full, machine)
    : await fromPrivateFile(full, machine);
  return {
    publicKey,
    sshOptions: ["-i", identityPath(sshFile, platform)],
    uses: undefined,
    dispose: async () => {},
  };
}

interface Machine {
  readonly platform: NodeJS.Platform;
  /** Whether somebody is there to type a passphrase. */
  readonly mayAsk: boolean;
  /** Where a file for ssh may be written. */
  readonly directory: string | undefined;
}

/** ssh gets the private key that belongs to it, if there is one. */
async function fromPublicFile(file: string, machine: Machine) {
  const privateFile = file.slice(0, -".pub".length);
  if (!(await isThere(privateFile))) return fromPublicText(file, await readStart(file), machine);
  return { publicKey: publicKeyIn(await readStart(file), adviser(file, machine.platform)), sshFile: privateFile };
}

/**
 * ssh asks the user's agent for the private key, by a public file that must have the form that ssh reads: this one, or
 * another.
 */
async function fromPublicText(file: string, text: string, { platform, directory }: Machine) {
  const publicKey = publicKeyIn(text, adviser(file, platform));
  const isReadBySsh = text.split("\n").some((line) => line.replace(/^[ \t]+/, "").startsWith(publicKey));
  if (isReadBySsh || directory === undefined) return { publicKey, sshFile: file };
  const sshFile = path.join(directory, "key.pub");
  await writeFile(sshFile, `${publicKey}\n`, { mode: 0o600 });
  return { publicKey, sshFile };
}

async function fromPrivateFile(file: string, machine: Machine) {
  const publicFile = `${file}.pub`;
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (found.isDirectory()) throw unreadable(file, { code: "EISDIR" });
  if (await isThere(publicFile)) return { ...(await fromPublicFile(publicFile, machine)), sshFile: file };
  const start = await readStart(file);
  const known = publicHalfOfOpenSsh(start);
  if (known === undefined && !start.includes("PRIVATE KEY")) return fromPublicText(file, start, machine); // by another name
  const line = known ?? (await askKeygen(file, machine.mayAsk));
  const advice = adviser(file, machine.platform);
  if (line === "") throw onPrivateKey(start, advice);
  return { publicKey: publicKeyIn(line, advice), sshFile: file };
}

/** ssh-keygen asks for a passphrase on the terminal itself. @returns its line; empty if it reads no key. */
async function askKeygen(file: string, mayAsk: boolean): Promise<string> {
  const environment = mayAsk ? process.env : { ...process.env, SSH_ASKPASS_REQUIRE: "never" };
  const { code, stdout } = await runChild("ssh-keygen", ["-y", "-f", file], { mayAsk, environment });
  return code === 0 ? stdout : "";
}

async function readStart(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(maxPublicFileBytes) });
    return buffer.toString("utf8", 0, bytesRead);
  } catch (cause) {
    throw unreadable(file, cause);
  } finally {
    await handle?.close();
  }
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

function unreadable(file: string, cause: unknown): Failure {
  const { code = "an unknown fault" } = cause as NodeJS.ErrnoException;
  const why =
    { ENOENT: "there is no such file", EACCES: "you may not read it", EISDIR: "it is a directory" }[code] ?? code;
  return new Failure(`${visible(file)} cannot be read: ${why}`, { exitCode: exitCodes.noInput, cause });
}
