import { generateKeyPairSync } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readIdentityFile } from "../../../client/keys/identity-file.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import { frameOf, keys } from "../../fixtures/keys.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { whereIs } from "../../support/programs.ts";
import { run, useKeyPair } from "../../support/ssh-client.ts";

const pair = useKeyPair();
let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  await mkdir(session());
});
afterEach(() => rm(home, { recursive: true }));

const read = (file: string, platform: NodeJS.Platform = "linux") =>
  readIdentityFile({ homeDirectory: home, platform, terminal: scriptedWorld({}).context.terminal }, file, session());
/** Where the session's files are. */
const session = () => path.join(home, "session");
const put = async (name: string, contents: string | Buffer) => {
  const file = path.join(home, name);
  await writeFile(file, contents, { mode: 0o600 });
  return file;
};

async function failureOf(file: string, platform?: NodeJS.Platform): Promise<Failure> {
  const failure = await read(file, platform).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error("It was read");
  return failure;
}

type Make = () => string | Buffer | Promise<string | Buffer>;

const passphrase = "a passphrase";
/** A private key as ssh-keygen writes it, of which there is no other file. */
async function keygen(...args: readonly string[]): Promise<string> {
  const file = path.join(home, "made");
  await run("ssh-keygen", ["-q", ...args, "-f", file]);
  return readFile(file, "utf8");
}
const ed25519 = () => keygen("-t", "ed25519", "-N", "");
const ofRsa = (...args: readonly string[]) => keygen("-t", "rsa", "-b", "2048", ...args);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

const publicKeyEncoding = { type: "spki", format: "pem" } as const;
const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
const pemOfEd25519 = () => generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
const pemOfRsa = (options: { readonly passphrase?: string; readonly type?: "pkcs1" } = {}) =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { ...publicKeyEncoding, type: options.type ?? "spki" },
    privateKeyEncoding: { ...privateKeyEncoding, ...(options.passphrase && { cipher: "aes-256-cbc", ...options }) },
  });

describe("every key file that is seen in the wild", () => {
  test.each<[string, string, Make]>([
    ["a private key of PuTTY", "is a PuTTY key", () => "PuTTY-User-Key-File-3: ssh-ed25519\n"],
    ["a public key with an option before it", "starts with authorized_keys options", () => `no-pty ${keys.ed25519}`],
    ["two keys", "contains more than one key", () => `${keys.ed25519}\n${keys.otherEd25519}\n`],
    ["a key, and one in its comment", "contains more than one key", () => `${keys.ed25519} a ${keys.otherEd25519}\n`],
    ["a line of known_hosts", "is not a public key", () => `web-1 ${keys.ed25519}\n`],
    ["a certificate", "is a certificate", () => keys.ed25519Certificate],
    ["a key of ECDSA", "accepts only ssh-ed25519 and ssh-rsa", () => keys.ecdsa],
    ["an algorithm alone", "is not a public key", () => "ssh-ed25519"],
    ["nothing", "is not a public key", () => ""],
    ["bytes that are no text", "contains a control", () => Buffer.from([1, 2, 3, 0, 255])],
    ["an X.509 certificate", "is not a public key", () => "-----BEGIN CERTIFICATE-----\nMIIB\n"],
  ])("%s is refused, with what to do", async (_, says, make) => {
    const failure = await failureOf(await put("key.pub", await make()));
    expect(failure).toMatchObject({ exitCode: 66, message: expect.stringContaining(says) });
    expect(failure.hint).toMatch(/\w/);
  });

  test.each<[string, string, string, Make, string?]>([
    ["a public key in UTF-16", "is UTF-16", "key.pub", () => utf16(`${keys.ed25519} ada\r\n`)],
    ["a public key in UTF-16 without a mark", "is UTF-16", "key.pub", () => utf16(keys.ed25519).subarray(2)],
    ["a private key in UTF-16", "is UTF-16", "key", async () => utf16(await ed25519())],
    ["a public key of RSA in PKCS#8", "a format that ssh does not read", "key.pub", () => pemOfRsa().publicKey],
    ["a public key of RSA in PKCS#1", "a format that", "key.pub", () => pemOfRsa({ type: "pkcs1" }).publicKey],
    ["a public key of Ed25519 in PKCS#8", "in PKCS#8", "key.pub", () => pemOfEd25519().publicKey, "key-openssh"],
    ["a private key of Ed25519 in PKCS#8", "before OpenSSH 9.6", "key", () => pemOfEd25519().privateKey, "key-openssh"],
    ["a private key in PKCS#8 with a passphrase", "ssh-keygen", "key", () => pemOfRsa({ passphrase }).privateKey],
    ["a private key in PEM with a passphrase", "ssh-keygen", "key", () => ofRsa("-m", "PEM", "-N", passphrase)],
    ["a private key with Windows' line ends", "a form", "key", async () => (await ed25519()).replaceAll("\n", "\r\n")],
    ["a private key without its last line end", "a form", "key", async () => (await ed25519()).trimEnd()],
    ["a private key under a line that starts with #", "a form", "key", async () => `# mine\n${await ed25519()}`],
  ])("%s is refused; the command in the advice makes it readable", async (_, says, name, make, then = name) => {
    const failure = await failureOf(await put(name, await make()));
    expect(failure).toMatchObject({ exitCode: 66, message: expect.stringContaining(says) });
    const askpass = await put("askpass", `#!/bin/sh\necho '${passphrase}'\n`);
    await chmod(askpass, 0o700);
    const command = /: (.*)$/.exec(failure.hint ?? "")?.[1] ?? "";
    const typing = [`SSH_ASKPASS=${askpass}`, "SSH_ASKPASS_REQUIRE=force"];
    expect(await run("env", [...typing, "sh", "-c", command])).toMatchObject({ code: 0 });
    expect(await read(path.join(home, then))).toMatchObject({ publicKey: expect.stringMatching(/^ssh-\S+ \S+$/) });
  });

  const withPuttygen = whereIs("puttygen") === undefined ? test.skip : test;
  withPuttygen(
    "a private key of PuTTY is read, once the command in the advice converted it (skipped without puttygen)",
    async () => {
      const [file, empty] = [path.join(home, "key.ppk"), await put("empty", "")];
      await run("puttygen", ["-q", "-t", "ed25519", "--new-passphrase", empty, "-o", file]);
      const command = /^convert it: (.*)$/.exec((await failureOf(file)).hint ?? "")?.[1] ?? "";
      expect(await run("sh", ["-c", command])).toMatchObject({ code: 0 });
      expect(await read(path.join(home, "key-openssh"))).toMatchObject({
        publicKey: expect.stringMatching(/^ssh-ed25519 \S+$/),
      });
    },
  );

  test("the advice for Windows has PowerShell's words, and no program that Windows lacks", async () => {
    const putty = await failureOf(await put("key.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n"), "win32");
    expect(putty.hint).toBe("load it in PuTTYgen, and choose Conversions > Export OpenSSH key");
    expect((await failureOf(await put("key.pub", utf16(keys.ed25519)), "win32")).hint).toMatch(
      /\(Get-Content \S+\) \| Set-Content -Encoding ascii \S+$/,
    );
    const broken = (await ed25519()).replaceAll("\n", "\r\n");
    expect((await failureOf(await put("key", broken), "win32")).hint).not.toMatch(/perl/);
  });

  test.each<[string, string, Make]>([
    ["a public key with its comment, which is not sent", "key.pub", () => `${keys.ed25519} ada@laptop\n`],
    ["a public key with a zero-width space in its comment", "key.pub", () => `${keys.ed25519} my\u200blaptop\n`],
    ["a public key with a no-break space in its comment", "key.pub", () => `${keys.ed25519} my\u00a0laptop\n`],
    ["a public key with Windows' line ends", "key.pub", () => `${keys.ed25519} ada\r\n`],
    ["a public key under a line that starts with #", "key.pub", () => `# my laptop\n\n${keys.ed25519}\n`],
    ["a public key in a file without .pub", "keys", () => `${keys.ed25519} ada\n`],
    ["a private key of OpenSSH", "key", ed25519],
    ["a private key of OpenSSH with a passphrase", "key", () => keygen("-t", "ed25519", "-N", passphrase)],
    ["a private key of RSA in PEM, as EC2 makes it", "key.pem", () => ofRsa("-m", "PEM", "-N", "")],
    ["a private key of RSA in PKCS#8", "key", () => pemOfRsa().privateKey],
  ])("%s is read", async (_, name, make) => {
    const file = await put(name, await make());
    const isPublic = name === "key.pub" || name === "keys";
    const publicKey = isPublic ? keys.ed25519 : expect.stringMatching(/^ssh-(?:ed25519|rsa) AAAA\S+$/);
    expect(await read(file)).toMatchObject({ publicKey, sshOptions: ["-i", file] });
  });

  test.each<[string, Make]>([
    ["a byte order mark before it", () => `\ufeff${keys.ed25519} ada\n`],
    ["RFC 4716's frame", () => frameOf(keys.ed25519)],
  ])("a public key with %s is read, and ssh finds it in the user's agent by another file", async (_, make) => {
    for (const name of ["key.pub", "keys"]) {
      const sshFile = path.join(session(), "key.pub");
      expect(await read(await put(name, await make()))).toMatchObject({
        publicKey: keys.ed25519,
        sshOptions: ["-i", sshFile],
      });
      expect(await readFile(sshFile, "utf8")).toBe(`${keys.ed25519}\n`);
    }
  });

  test.each<[string, string, string]>([
    ["a file that is not there", "absent.pub", "there is no such file"],
    ["a directory", ".", "it is a directory"],
  ])("%s cannot be read", async (_, name, says) => {
    expect(await failureOf(path.join(home, name))).toMatchObject({
      exitCode: 66,
      message: expect.stringContaining(says),
    });
  });

  test("a private key under a public one's name is neither sent nor shown", async () => {
    const secret = "bm90IGZvciB5b3Vy";
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const failure = await failureOf(await put("private.pub", text));
    expect(failure.message).toContain("it is not sent anywhere");
    expect(`${failure.message}${failure.hint}`).not.toContain(secret);
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

  test("by its private file alone: its own public half is read", async () => {
    const file = path.join(home, "alone");
    await copyFile(pair.pair.file, file);
    expect(await read(file)).toMatchObject({ publicKey: publicLine(), sshOptions: ["-i", file] });
  });

  test("under the home directory, where the shell has left the ~ as it is", async () => {
    await rename(await put("key.pub", pair.pair.publicKey), path.join(home, "mine.pub"));
    expect(await read("~/mine.pub")).toMatchObject({ publicKey: publicLine() });
  });
});
