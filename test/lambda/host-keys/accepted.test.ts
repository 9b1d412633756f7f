import { describe, expect, test } from "@jest/globals";
import { acceptedHostKeys, hostKeysResponse, leastTrust } from "../../../lambda/host-keys/accepted.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import type { TrustLevel } from "../../../lambda/policy/host-key-trust.ts";
import { hostKeyFingerprints, hostKeys } from "../../fixtures/host-keys.ts";

const observedAt = "2026-01-02T03:04:05.000Z";
const from = (source: StoredHostKey["source"], key: string): StoredHostKey => ({ key, source, observedAt });
const registered = from("registered", hostKeys.ed25519);
const alsoRegistered = from("registered", hostKeys.rsa);
const console = from("console", hostKeys.otherEd25519);
const alsoConsole = from("console", hostKeys.ecdsa256);
const pinned = from("pinned", hostKeys.ecdsa384);

test.each<[sentence: string, known: readonly StoredHostKey[], accepted: readonly StoredHostKey[], TrustLevel]>([
  ["no key is known: none is accepted", [], [], 0],
  ["only pinned ones: they are, at low trust", [pinned], [pinned], 1],
  ["the console's: they are, at medium trust", [console, alsoConsole], [console, alsoConsole], 2],
  ["the console's beside pinned ones: the console's alone", [pinned, console], [console], 2],
  ["registered ones: they are, at high trust", [registered, alsoRegistered], [registered, alsoRegistered], 3],
  ["registered ones beside the console's: the console's count no more", [console, registered, pinned], [registered], 3],
  [
    "a registered one of another type than the console's: the console's count no more all the same",
    [alsoConsole, registered],
    [registered],
    3,
  ],
])("%s", (_, known, accepted, trust) => {
  expect(acceptedHostKeys(known)).toEqual(accepted);
  expect(leastTrust(acceptedHostKeys(known))).toBe(trust);
});

describe("trust", () => {
  test.each<[sentence: string, keys: readonly StoredHostKey[], TrustLevel]>([
    ["a pinned key among registered ones", [registered, pinned, console], 1],
    ["the console's key among registered ones", [registered, console], 2],
  ])("is the least that any key has: %s", (_, keys, trust) => {
    expect(leastTrust(keys)).toBe(trust);
  });
});

test("the API returns the accepted keys, with type, fingerprint and trust", () => {
  expect(hostKeysResponse([console, registered])).toEqual([
    {
      type: "ssh-ed25519",
      key: hostKeys.ed25519,
      fingerprint: hostKeyFingerprints.ed25519,
      source: "registered",
      observedAt,
      trust: "high",
    },
  ]);
});
