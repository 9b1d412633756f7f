import { expect, test } from "@jest/globals";
import { hostKey } from "../../../contract/host-key.ts";
import { readHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";

const observedAt = "2026-01-02T03:04:05.678Z";

test.each([
  ["Ed25519", keys.ed25519, "ssh-ed25519", fingerprints.ed25519],
  ["RSA of 2048 bits", keys.rsa2048, "ssh-rsa", fingerprints.rsa2048],
  ["RSA of 3072 bits", keys.rsa3072, "ssh-rsa", fingerprints.rsa3072],
  ["RSA of 4096 bits", keys.rsa4096, "ssh-rsa", fingerprints.rsa4096],
])("%s has the fingerprint that ssh-keygen prints", (_, key, type, fingerprint) => {
  const read = readHostKey({ key, source: "registered", observedAt });
  expect(read).toEqual({ type, key, fingerprint, source: "registered", observedAt, trust: "high" });
  expect(hostKey.parse(read)).toEqual(read);
});

test.each([
  ["an operator's word", "registered", "high"],
  ["the console's output", "console", "medium"],
  ["a first sight", "pinned", "low"],
] as const)("%s is trusted: %s, %s", (_, source, trust) => {
  expect(readHostKey({ key: keys.ed25519, source, observedAt })).toMatchObject({ source, trust });
});
