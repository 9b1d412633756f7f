import { createPublicKey } from "node:crypto";
import { publicHalfOfOpenSsh } from "../../ssh-format/private-key-file.ts";
import { posixWord, powerShellWord } from "../quoting/shell-words.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** Says what is wrong with a key's file, and what to do. A command goes last, after a colon, ready to be run. */
export interface Adviser {
  fail(says: string, hint: string): Failure;
  /** The file as one word of a command. */
  readonly word: string;
  /** @returns a command that replaces the file by what another prints. */
  rewrittenBy(command: string): string;
  /** @returns a command that writes what another prints to `FILE.pub`. */
  publicFileBy(command: string): string;
  /** Prints the text of a file in UTF-16. */
  readonly decoding: string;
  readonly makeAnotherKey: string;
  readonly convertFromPutty: string;
  /** Left out on Windows, which has no such program. */
  readonly repairing: string | undefined;
}

export function adviser(file: string, platform: NodeJS.Platform): Adviser {
  const isWindows = platform === "win32";
  const quoted = (name: string) => visible((isWindows ? powerShellWord : posixWord)(name));
  // PowerShell's own `>` writes UTF-16.
  const into = (target: string) => (isWindows ? `| Set-Content -Encoding ascii ${target}` : `> ${target}`);
  const [word, draft, publicFile] = [quoted(file), quoted(`${file}.new`), quoted(`${file}.pub`)];
  const another = quoted(`${file.replace(/\.(?:pub|ppk)$/, "")}-openssh`);
  return {
    fail: (says, hint) => new Failure(`${visible(file)} ${says}`, { exitCode: exitCodes.noInput, hint }),
    word,
    rewrittenBy: (command) =>
      isWindows ? `(${command}) ${into(word)}` : `${command} ${into(draft)} && mv ${draft} ${word}`,
    publicFileBy: (command) => `${command} ${into(publicFile)}`,
    decoding: isWindows ? `Get-Content ${word}` : `iconv -f UTF-16 -t UTF-8 ${word}`,
    makeAnotherKey: `make another key: ssh-keygen -t ed25519 -f ${another}`,
    // On Windows puttygen is a window, without a command line.
    convertFromPutty: isWindows
      ? "load it in PuTTYgen, and choose Conversions > Export OpenSSH key"
      : `convert it: puttygen ${word} -O private-openssh-new -o ${another}`,
    repairing: isWindows ? undefined : String.raw`perl -ni -e 's/\s*$/\n/; print if /^-----BEGIN/ .. 0' ${word}`,
  };
}

/** @returns why ssh-keygen does not read a private key. ssh would not either, unless it only lacks the passphrase. */
export function onPrivateKey(text: string, advice: Adviser): Failure {
  const { word, fail, publicFileBy, makeAnotherKey, repairing } = advice;
  if (isPutty(text)) return onPuttyKey(advice);
  if (publicHalfOfOpenSsh(repaired(text)) !== undefined) {
    const needs = "it needs the line ends of Unix, the last one too, and nothing before its first line";
    return fail("has a form that ssh does not read", repairing === undefined ? needs : `${needs}: ${repairing}`);
  }
  if (keyType(text) === "ed25519")
    return fail("is an Ed25519 key in PKCS#8, which ssh does not read before OpenSSH 9.6", makeAnotherKey);
  return fail(
    "cannot be read by ssh-keygen",
    `if it has a passphrase, write its public half beside it: ${publicFileBy(`ssh-keygen -y -f ${word}`)}`,
  );
}

/** A key that went through an editor, a chat or a variable may have lost its line ends, or got text before it. */
function repaired(text: string): string {
  const lines = text
    .slice(Math.max(text.indexOf("-----BEGIN"), 0))
    .trimEnd()
    .split("\n");
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

export const isPutty = (text: string) => text.startsWith("PuTTY-User-Key-File");

export function onPuttyKey({ fail, convertFromPutty }: Adviser): Failure {
  return fail("is a PuTTY key, which ssh does not read", convertFromPutty);
}

/** As Node.js names it; undefined for a key with a passphrase, and for anything else. */
export function keyType(pem: string): string | undefined {
  try {
    return createPublicKey(pem).asymmetricKeyType;
  } catch {
    return undefined;
  }
}
