import { spawn } from "node:child_process";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { publicHalfOfOpenSsh } from "../../ssh-format/private-key-file.ts";
import { type PublicKeyRefusal, parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import { identityPath } from "../quoting/config-value.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";
import type { Identity } from "./identity.ts";

/** Bytes: four times what EC2 Instance Connect takes as a key, for comments. */
const maxPublicFileBytes = 16 * 1024;

/**
 * Reads a key of the user's. Of a private key only the public half is read: from the file beside it (`FILE.pub`), else from
 * OpenSSH's own format, which has it in the clear, else by ssh-keygen, which asks for a passphrase itself if somebody is there.
 * What is sent is the public key, without its comment.
 *
 * @param file `FILE.pub`, or the private key's own file.
 * @throws Failure `noInput` if there is no public key.
 */
export async function readIdentityFile(
  { homeDirectory, platform, terminal }: Pick<World, "homeDirectory" | "platform" | "terminal">,
  file: string,
): Promise<Identity> {
  // The shell leaves `--identity=~/…` as it is.
  const full = path.resolve(file.replace(/^~(?=\/|$)/, () => homeDirectory));
  const { publicKey, sshFile } = full.endsWith(".pub")
    ? await fromPublicFile(full)
    : await fromPrivateFile(full, terminal.isInteractive);
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

async function fromPrivateFile(file: string, mayAsk: boolean) {
  const publicFile = `${file}.pub`;
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (found.isDirectory()) throw unreadable(file, { code: "EISDIR" });
  const publicKey = (await isThere(publicFile))
    ? publicKeyIn(await readStart(publicFile), publicFile)
    : publicKeyIn(await publicHalf(file, mayAsk), file);
  return { publicKey, sshFile: file };
}

async function publicHalf(file: string, mayAsk: boolean): Promise<string> {
  const start = await readStart(file);
  const known = publicHalfOfOpenSsh(start);
  if (known !== undefined) return known;
  if (!start.includes("PRIVATE KEY")) return start; // a public key by another name, or what is refused with advice
  const line = start.includes("PuTTY-User-Key-File") ? "" : await askKeygen(file, mayAsk);
  if (line !== "") return line;
  throw new Failure(`the public half of ${visible(file)} cannot be had: ssh-keygen does not read it`, {
    exitCode: exitCodes.noInput,
    hint: `if the key has a passphrase, write its public half beside it: ssh-keygen -y -f ${visible(file)} > ${visible(file)}.pub`,
  });
}

/**
 * ssh-keygen asks on the terminal itself, and never reads our standard input. If nobody is there to ask, it gets no terminal either:
 * it would wait for ever.
 */
async function askKeygen(file: string, mayAsk: boolean): Promise<string> {
  const child = spawn("ssh-keygen", ["-y", "-f", file], {
    stdio: ["ignore", "pipe", mayAsk ? "inherit" : "ignore"],
    detached: !mayAsk,
    env: mayAsk ? process.env : { ...process.env, SSH_ASKPASS_REQUIRE: "never" },
  });
  const code = new Promise<number | null>((resolve) => child.once("error", () => resolve(null)).once("close", resolve));
  const line = await text(child.stdout);
  return (await code) === 0 ? line : "";
}

/** @throws Failure, which shows nothing of the file. */
function publicKeyIn(contents: string, file: string): string {
  const fail = (says: string, hint: string) =>
    new Failure(`${visible(file)} ${says}`, { exitCode: exitCodes.noInput, hint });
  if (contents.startsWith("PuTTY-User-Key-File"))
    throw fail("is a PuTTY key, which ssh does not read", "puttygen FILE -O private-openssh -o KEY converts it");
  if (contents.includes("PRIVATE KEY"))
    throw fail("is a private key: it is not sent anywhere", "give the file of its public half, which ends in .pub");
  if (contents.includes("\0"))
    throw fail("is UTF-16 or binary", "PowerShell's > writes UTF-16: write it by Set-Content -Encoding ascii");
  const pem = /^-----BEGIN (RSA )?PUBLIC KEY-----/m.exec(contents);
  if (pem !== null)
    throw fail(
      "is in a format that ssh does not read",
      `ssh-keygen -i -m ${pem[1] ? "PEM" : "PKCS8"} -f FILE > FILE.pub converts it`,
    );
  const lines = contents
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^\s*(?:#|$)/.test(line));
  const key = parsePublicKey(lines.map(withoutComment).join("\n"));
  if ("key" in key) return key.key.line;
  const { says, hint } = adviceOn(key.refusal);
  throw fail(says, hint);
}

/** A comment is dropped, so it may hold anything; options and further keys may not pass for one. */
function withoutComment(line: string): string {
  const [, key] = /^\s*((?:ssh|ecdsa|sk-)[\w@.-]*[ \t]+[\w+/=]+)\s/.exec(line) ?? [];
  return key === undefined || /\sAAAA[\w+/]{20}/.test(line.slice(key.length)) ? line : key;
}

/** The API's own sentence, about a file: what is wrong, then what to do. */
function adviceOn(refusal: PublicKeyRefusal): { readonly says: string; readonly hint: string } {
  if (
    refusal === "empty" ||
    refusal === "unsupported-format" ||
    refusal === "malformed-key" ||
    refusal === "invalid-base64"
  )
    return { says: "is not a public key", hint: "it is one line, as ssh-keygen writes it: ssh-ed25519 AAAA…" };
  const sentence = publicKeyRefusals[refusal].replace(/\.$/, "");
  const [says = "", ...hints] = sentence.replace(/^publicKey /, "").split("; ");
  return {
    says: sentence.startsWith("publicKey ") ? says : `cannot be used: ${says}`,
    hint: hints.join("; ") || "use another key",
  };
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
