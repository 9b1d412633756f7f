import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { ParsedKey } from "ssh2";
import ssh2 from "ssh2";
import { ActiveKeys } from "../../../local/instances/active-keys.ts";
import { makeHostKey } from "../../../local/instances/host-key.ts";
import { type LoginAttempt, mayLogIn } from "../../../local/instances/login.ts";

const SIGNED = Buffer.from("session id, OS user, key");

function parse(privateKey: string): ParsedKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
}

const ed25519 = parse(makeHostKey().privateKey);
const stranger = parse(makeHostKey().privateKey);
const rsa = parse(
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey,
);

const activeKeys = new ActiveKeys(() => new Date(0));
for (const key of [ed25519, rsa]) {
  activeKeys.push("i-1", "ec2-user", `${key.type} ${key.getPublicSSH().toString("base64")}`);
}

/** What a client sends that only asks whether a key would be of use. */
const offer = (key: ParsedKey): LoginAttempt => ({
  method: "publickey",
  username: "ec2-user",
  key: { data: key.getPublicSSH() },
});
const offered = offer(ed25519);
const signed = { ...offered, blob: SIGNED, signature: ed25519.sign(SIGNED) };
const offeredRsa = { ...offer(rsa), hashAlgo: "sha256" };

describe("an attempt fails", () => {
  test.each<[string, LoginAttempt]>([
    ["by no method", { method: "none", username: "ec2-user" }],
    ["by password", { method: "password", username: "ec2-user" }],
    ["by keyboard-interactive", { method: "keyboard-interactive", username: "ec2-user" }],
    ["by the key and signature of a host (hostbased)", { ...signed, method: "hostbased" }],
    ["by a key that is not active", offer(stranger)],
    ["as another OS user", { ...signed, username: "root" }],
    ["as nobody", { ...signed, username: "" }],
    ["with another key's signature", { ...signed, signature: stranger.sign(SIGNED) }],
    ["with a signature of something else", { ...signed, blob: Buffer.from("another session") }],
    ["with an empty signature", { ...signed, signature: Buffer.alloc(0) }],
    ["with a signature that cannot be read", { ...signed, signature: Buffer.from("garbage") }],
    ["with a signature of nothing", { ...offered, signature: signed.signature }],
    ["when it offers an RSA key for SHA-1", offer(rsa)],
    ["with an RSA signature by SHA-1", { ...offer(rsa), blob: SIGNED, signature: rsa.sign(SIGNED, "sha1") }],
    [
      "with an RSA signature by SHA-1 that is called SHA-256",
      { ...offeredRsa, blob: SIGNED, signature: rsa.sign(SIGNED, "sha1") },
    ],
  ])("%s", (_how, attempt) => {
    expect(mayLogIn(attempt, "i-1", activeKeys)).toBe(false);
  });

  test("at another instance", () => {
    expect(mayLogIn(signed, "i-2", activeKeys)).toBe(false);
  });
});

describe("an attempt is good", () => {
  test.each<[string, LoginAttempt]>([
    ["so far, when it offers an active key", offered],
    ["so far, when it offers an active RSA key for SHA-256", offeredRsa],
    ["with a signature by an ed25519 key", signed],
    ["with an RSA signature by SHA-256", { ...offeredRsa, blob: SIGNED, signature: rsa.sign(SIGNED, "sha256") }],
    [
      "with an RSA signature by SHA-512",
      { ...offeredRsa, hashAlgo: "sha512", blob: SIGNED, signature: rsa.sign(SIGNED, "sha512") },
    ],
  ])("%s", (_how, attempt) => {
    expect(mayLogIn(attempt, "i-1", activeKeys)).toBe(true);
  });
});
