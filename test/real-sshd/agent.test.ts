import { sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sshClientOf } from "../../lambda/connect/ssh-client.ts";
import { signedBlock } from "../../local/instances/key-block.ts";
import { type CommandResult, type KeyPair, runSsh, useKeyPair } from "../support/ssh-client.ts";
import { startRealInstance } from "./real-instance.ts";
import { makeSigner, type Signer } from "./signer.ts";
import type { RunningSshd } from "./sshd.ts";

const instanceId = "i-0123456789abcdef0";
const now = new Date("2026-01-01T12:00:00.900Z");
const inSeconds = (seconds: number) => `${Math.floor(now.getTime() / 1000) + seconds}`;

/** The fields of a valid block. */
const good: Readonly<Record<string, string>> = {
  Timestamp: inSeconds(1),
  Instance: instanceId,
  Caller: "arn:aws:sts::111122223333:assumed-role/push/alice",
  Request: "8d3f6c0a-0000-4000-8000-000000000000",
};

describe("sshd, with the agent that reads key blocks from the instance's metadata,", () => {
  const key = useKeyPair();
  const otherKey = useKeyPair();
  const ecdsaKey = useKeyPair("ecdsa");
  let signer: Signer;
  let stranger: Signer;
  let instance: RunningSshd;
  /** The key blocks in the metadata, by OS user. Each test sets its own. */
  let blocks: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    signer = await makeSigner();
    stranger = await makeSigner();
    instance = await start(signer);
  });
  afterAll(() => instance.stop());

  function start(shown: Signer, trusted = shown): Promise<RunningSshd> {
    return startRealInstance({
      instanceId,
      availabilityZone: "us-east-1a",
      clock: () => now,
      signerCertificate: shown.certificate,
      trustedCertificate: trusted.certificate,
      activeKeys: (osUser) => blocks[osUser] ?? "",
    });
  }

  /** `<algorithm> <base64>` */
  const lineOf = ({ publicKey }: KeyPair) => publicKey.split(" ").slice(0, 2).join(" ");

  function block(fields: Readonly<Record<string, string>> = good, keyLine = lineOf(key.pair), by = signer): string {
    const metadata = Object.entries(fields).map(([name, value]) => `#${name}=${value}`);
    return signedBlock([...metadata, keyLine], by.privateKey);
  }

  /** The block without a field. */
  function blockWithout(field: string): string {
    return block(Object.fromEntries(Object.entries(good).filter(([name]) => name !== field)));
  }

  function logIn(pair = key.pair, to = instance): Promise<CommandResult> {
    const shown = { type: "ssh-ed25519", key: to.hostKey, fingerprint: "", observedAt: "" };
    const hostKeys = [{ ...shown, source: "registered" as const, trust: "high" as const }];
    const ssh = sshClientOf({
      name: instanceId,
      host: "127.0.0.1",
      port: to.port,
      user: "ec2-user",
      hostKeyAlias: instanceId,
      hostKeys,
    });
    return runSsh({ ssh, connectionId: instanceId }, pair, "echo in");
  }

  const letIn = { code: 0, stdout: "in\n" };
  const refused = { code: 255, stdout: "", stderr: expect.stringContaining("Permission denied (publickey)") };

  test.each<[string, () => string]>([
    ["there is none", () => ""],
    ["it is for another key", () => block(good, lineOf(otherKey.pair))],
    ["it expires this second", () => block({ ...good, Timestamp: inSeconds(0) })],
    ["it has expired long ago", () => block({ ...good, Timestamp: "1" })],
    ["it does not say when it expires", () => blockWithout("Timestamp")],
    ["its time is no number", () => block({ ...good, Timestamp: "soon" })],
    ["it is another instance's", () => block({ ...good, Instance: "i-0a1b2c3d" })],
    ["it does not say whose it is", () => blockWithout("Instance")],
    ["its key has options", () => block(good, `no-pty ${lineOf(key.pair)}`)],
    ["it is signed by another", () => block(good, lineOf(key.pair), stranger)],
    ["its time was changed after it was signed", () => block().replace(/Timestamp=.*/, `Timestamp=${inSeconds(60)}`)],
    [
      "its key was changed after it was signed",
      () => block(good, lineOf(otherKey.pair)).replace(/^ssh.*/m, lineOf(key.pair)),
    ],
    ["it is not signed", () => `${block().split("\n").slice(0, 5).join("\n")}\n\n`],
    ["its signature is not base64", () => block().replace(/\n.*\n\n$/, "\n!\n\n")],
    ["its signature has the older padding", () => paddedBy(block(), signer)],
  ])("refuses a key whose block is invalid: %s", async (_, text) => {
    blocks = { "ec2-user": text() };
    expect(await logIn()).toMatchObject(refused);
  });

  test("refuses a key that was pushed for another OS user", async () => {
    blocks = { ubuntu: block() };
    expect(await logIn()).toMatchObject(refused);
  });

  test("refuses a key whose line does not begin with ssh", async () => {
    blocks = { "ec2-user": block(good, lineOf(ecdsaKey.pair)) };
    expect(await logIn(ecdsaKey.pair)).toMatchObject(refused);
  });

  test("refuses a key block of a signer that the instance does not trust", async () => {
    blocks = { "ec2-user": block(good, lineOf(key.pair), stranger) };
    const astray = await start(stranger, signer);
    try {
      expect(await logIn(key.pair, astray)).toMatchObject(refused);
    } finally {
      await astray.stop();
    }
  });

  test("refuses a key block of another region's signer", async () => {
    const distant = await makeSigner("managed-ssh-signer.eu-west-1.amazonaws.com");
    blocks = { "ec2-user": block(good, lineOf(key.pair), distant) };
    const astray = await start(distant);
    try {
      expect(await logIn(key.pair, astray)).toMatchObject(refused);
    } finally {
      await astray.stop();
    }
  });

  test.each<[string, () => string]>([
    ["and is the only one", () => block()],
    ["and stands behind some that do not", () => `${block({ ...good, Timestamp: "1" })}not a block\n\n${block()}`],
    ["and stands before another key's", () => block() + block(good, lineOf(otherKey.pair))],
    ["and has a field that the agent does not know", () => block({ ...good, Purpose: "repair" })],
    ["and does not say who has pushed it", () => blockWithout("Caller")],
    ["and does not say by which request", () => blockWithout("Request")],
  ])("accepts a key whose block is valid, %s", async (_, text) => {
    blocks = { "ec2-user": text() };
    expect(await logIn()).toMatchObject(letIn);
  });
});

/** The block, signed with RSA's PKCS #1 v1.5 padding. */
function paddedBy(block: string, { privateKey }: Signer): string {
  const text = block.replace(/.*\n\n$/, "");
  return `${text}${sign("sha256", Buffer.from(text), privateKey).toString("base64")}\n\n`;
}
