import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readIdentityFile } from "../../../client/keys/identity-file.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import { keys } from "../../fixtures/keys.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { run, useKeyPair } from "../../support/ssh-client.ts";

const pair = useKeyPair();
let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(home, { recursive: true }));

const read = (file: string) =>
  readIdentityFile(
    { homeDirectory: home, platform: process.platform, terminal: scriptedWorld({}).context.terminal },
    file,
  );
const put = async (name: string, text: string) => {
  const file = path.join(home, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
};

async function failureOf(file: string): Promise<Failure> {
  const failure = await read(file).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error("It was read");
  return failure;
}

describe("a file that is no key", () => {
  test.each<[string, string, string, string]>([
    ["that is not there", "absent.pub", "", "there is no such file"],
    ["that is empty", "empty.pub", "", "is not a public key"],
    ["with one word", "word.pub", "ssh-ed25519", "is not a public key"],
  ])("a file %s", async (_, name, text, says) => {
    const file = name.startsWith("absent") ? path.join(home, name) : await put(name, text);
    const failure = await failureOf(file);
    expect(failure.message).toContain(says);
    expect(failure.exitCode).toBe(66);
  });

  const second = keys.ed25519.replace(/.{4}$/, "AAAA");
  test.each<[string, string | Buffer, string, string]>([
    ["in UTF-16", Buffer.from(`\ufeff${keys.ed25519}`, "utf16le"), "is UTF-16 or binary", "-Encoding ascii"],
    ["of two keys", `${keys.ed25519}\n${second}\n`, "contains more than one key", "send exactly one"],
    ["of a key and one in its comment", `${keys.ed25519} a ${second}\n`, "contains more than one key", "exactly one"],
    ["with an option before the key", `no-pty ${keys.ed25519}`, "starts with authorized_keys options", "algorithm"],
    ["of PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\n", "is a PuTTY key", "puttygen"],
    ["in PKCS#8", "-----BEGIN PUBLIC KEY-----\nMCow\n", "is in a format that ssh does not read", "-i -m PKCS8"],
    ["in PKCS#1", "-----BEGIN RSA PUBLIC KEY-----\nMCow\n", "is in a format that ssh does not read", "-i -m PEM"],
    ["of a certificate", "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1l", "is a certificate", "it certifies"],
    ["of another algorithm", "ecdsa-sha2-nistp256 AAAAE2VjZHNh", "only ssh-ed25519 and ssh-rsa", "ssh-keygen -t"],
  ])("a file %s is refused with what to do", async (_, text, says, hint) => {
    const file = path.join(home, "key.pub");
    await writeFile(file, text);
    const failure = await failureOf(file);
    expect(failure.message).toContain(says);
    expect(failure.hint).toContain(hint);
  });

  test("a directory", async () => {
    expect((await failureOf(`${home}/../${path.basename(home)}/.`)).exitCode).toBe(66);
  });

  test("a private key under a public one's name, which is neither sent nor shown", async () => {
    const secret = "bm90IGZvciB5b3Vy";
    const file = await put(
      "private.pub",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----\n`,
    );
    const failure = await failureOf(file);
    expect(failure.message).toContain("it is not sent anywhere");
    expect(`${failure.message}${failure.hint}`).not.toContain(secret);
  });

  test("a private key that ssh-keygen cannot read", async () => {
    const failure = await failureOf(await put("broken", "-----BEGIN OPENSSH PRIVATE KEY-----\nbroken\n"));
    expect(failure).toMatchObject({ exitCode: 66, message: expect.stringContaining("ssh-keygen does not read it") });
  });
});

describe("a key of the user's", () => {
  const publicLine = () => pair.pair.publicKey.split(" ").slice(0, 2).join(" ");

  test("by its public file: ssh gets the private one beside it", async () => {
    const identity = await read(`${pair.pair.file}.pub`);
    expect(identity).toMatchObject({ publicKey: publicLine(), sshOptions: ["-i", pair.pair.file], uses: undefined });
  });

  test("by its public file, with the private half in the user's agent: ssh finds it there", async () => {
    const file = await put("key.pub", pair.pair.publicKey);
    expect(await read(file)).toMatchObject({ publicKey: publicLine(), sshOptions: ["-i", file] });
  });

  test("by its private file: the public one beside it is read", async () => {
    expect(await read(pair.pair.file)).toMatchObject({ publicKey: publicLine(), sshOptions: ["-i", pair.pair.file] });
  });

  test("by its private file alone: ssh-keygen tells the public half", async () => {
    const file = path.join(home, "alone");
    await copyFile(pair.pair.file, file);
    expect(await read(file)).toMatchObject({ publicKey: publicLine(), sshOptions: ["-i", file] });
  });

  test("under the home directory, where the shell has left the ~ as it is", async () => {
    await rename(await put("key.pub", pair.pair.publicKey), path.join(home, "mine.pub"));
    expect(await read("~/mine.pub")).toMatchObject({ publicKey: publicLine() });
  });

  test("is sent without its comment, which may name people and machines", async () => {
    const file = await put("key.pub", `${keys.ed25519} ada@laptop\n`);
    expect(await read(file)).toMatchObject({ publicKey: keys.ed25519 });
  });

  test.each<[string, (line: string) => string]>([
    ["with a no-break space in its comment", (line) => `${line} my\u00a0laptop\n`],
    ["with a byte order mark", (line) => `\ufeff${line} ada\n`],
    ["with the line ends of Windows", (line) => `${line} ada\r\n`],
    ["under a line of comment", (line) => `# my laptop\n\n${line}\n`],
    [
      "in RFC 4716's frame",
      (line) => `---- BEGIN SSH2 PUBLIC KEY ----\n${line.split(" ")[1]}\n---- END SSH2 PUBLIC KEY ----\n`,
    ],
  ])("%s is read", async (_, text) => {
    expect(await read(await put("key.pub", text(keys.ed25519)))).toMatchObject({ publicKey: keys.ed25519 });
  });

  test("by its private file alone, with a passphrase: OpenSSH's format has the public half in the clear", async () => {
    const file = path.join(home, "encrypted");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "a passphrase", "-f", file]);
    const line = (await readFile(`${file}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
    await rm(`${file}.pub`);
    expect(await read(file)).toMatchObject({ publicKey: line, sshOptions: ["-i", file] });
  });

  test("in PEM with a passphrase, and nobody to ask for it, is refused and not waited for", async () => {
    const file = path.join(home, "pem");
    await run("ssh-keygen", ["-q", "-t", "rsa", "-m", "PEM", "-N", "a passphrase", "-f", file]);
    await rm(`${file}.pub`);
    expect(await failureOf(file)).toMatchObject({ exitCode: 66, hint: expect.stringContaining("passphrase") });
  });
});
