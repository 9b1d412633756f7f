import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readIdentityFile } from "../../../client/keys/identity-file.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import { keys } from "../../fixtures/keys.ts";
import { useKeyPair } from "../../support/ssh-client.ts";

const pair = useKeyPair();
let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(home, { recursive: true }));

const read = (file: string) => readIdentityFile({ homeDirectory: home, platform: process.platform }, file);
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

describe("what is no key", () => {
  test.each<[string, string, string, string]>([
    ["that is not there", "absent.pub", "", "there is no such file"],
    ["that is empty", "empty.pub", "", "is not a public key"],
    ["with one word", "word.pub", "ssh-ed25519", "is not a public key"],
    ["with an option before the key", "option.pub", `command="true" ${keys.ed25519}`, "is not a public key"],
  ])("a file %s", async (_, name, text, says) => {
    const file = name.startsWith("absent") ? path.join(home, name) : await put(name, text);
    const failure = await failureOf(file);
    expect(failure.message).toContain(says);
    expect(failure.exitCode).toBe(66);
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

  test("in RFC 4716's frame is sent as it is", async () => {
    const frame = "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----";
    expect(await read(await put("key.pub", `${frame}\n`))).toMatchObject({ publicKey: frame });
  });
});
