import { execFile } from "node:child_process";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { identityPath } from "../quoting/config-value.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";
import type { Identity } from "./identity.ts";

/** Bytes: four times what EC2 Instance Connect takes as a key, for comments. */
const maxPublicFileBytes = 16 * 1024;

/**
 * Reads a key of the user's. Of a private key only the public half is read: from the file beside it (`FILE.pub`), else by
 * ssh-keygen, which asks for the passphrase itself. What is sent is the public key, without its comment.
 *
 * @param file `FILE.pub`, or the private key's own file.
 * @throws Failure `noInput` if there is no public key.
 */
export async function readIdentityFile(
  { homeDirectory, platform }: Pick<World, "homeDirectory" | "platform">,
  file: string,
): Promise<Identity> {
  // The shell leaves `--identity=~/…` as it is.
  const full = path.resolve(file.replace(/^~(?=\/|$)/, () => homeDirectory));
  const { publicKey, sshFile } = full.endsWith(".pub") ? await fromPublicFile(full) : await fromPrivateFile(full);
  return {
    publicKey,
    sshOptions: ["-i", identityPath(sshFile, platform)],
    uses: undefined,
    dispose: async () => {},
  };
}

/** ssh gets the private key that belongs to it; if there is none, ssh asks the user's agent for it. */
async function fromPublicFile(file: string) {
  const publicKey = publicKeyIn(await readStart(file), file);
  const privateFile = file.slice(0, -".pub".length);
  return { publicKey, sshFile: (await isThere(privateFile)) ? privateFile : file };
}

async function fromPrivateFile(file: string) {
  const publicFile = `${file}.pub`;
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (found.isDirectory()) throw unreadable(file, { code: "EISDIR" });
  const text = (await isThere(publicFile)) ? await readStart(publicFile) : await publicHalf(file);
  return { publicKey: publicKeyIn(text, publicFile), sshFile: file };
}

async function publicHalf(file: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("ssh-keygen", ["-y", "-f", file]);
    return stdout;
  } catch (cause) {
    throw new Failure(`the public half of ${visible(file)} cannot be had: ssh-keygen does not read it`, {
      exitCode: exitCodes.noInput,
      hint: `if the key has a passphrase, write its public half beside it: ssh-keygen -y -f ${visible(file)} > ${visible(file)}.pub`,
      cause,
    });
  }
}

/** @throws Failure, which shows nothing of the file. */
function publicKeyIn(text: string, file: string): string {
  if (text.includes("PRIVATE KEY")) {
    throw new Failure(`${visible(file)} is a private key: it is not sent anywhere`, {
      exitCode: exitCodes.noInput,
      hint: "give the file of its public half, which ends in .pub",
    });
  }
  const isFrame = text.startsWith("---- BEGIN SSH2 PUBLIC KEY"); // RFC 4716, which the API reads too
  if (isFrame) return text.trim();
  const [algorithm, base64] = text.trim().split(/\s+/, 2);
  if (algorithm && base64 && /^[a-z][\w@.-]*$/.test(algorithm) && /^[\w+/=]+$/.test(base64)) {
    return `${algorithm} ${base64}`;
  }
  throw new Failure(`${visible(file)} is not a public key`, {
    exitCode: exitCodes.noInput,
    hint: "it is one line, as ssh-keygen writes it: ssh-ed25519 AAAA…",
  });
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
