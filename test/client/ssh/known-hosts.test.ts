import { describe, expect, test } from "@jest/globals";
import { decideHostKeyCheck, knownHostsOf } from "../../../client/ssh/known-hosts.ts";
import { keys } from "../../fixtures/keys.ts";
import { connectionWith, handle, hostKey, hostKeyName, instanceId, serial } from "./any-connection.ts";

const commandLine = { given: {}, platform: "linux" } as const;
const nobody = { pins: "", isInteractive: false, acceptsNew: false, commandLine };
const pin = `${hostKeyName} ${keys.ed25519}\n`;
const unknown = connectionWith({ hostKeys: [] });

describe("a host key that nobody has vouched for", () => {
  test("is refused where nobody can look at it", () => {
    expect(() => decideHostKeyCheck(unknown, nobody)).toThrow(
      expect.objectContaining({ exitCode: 77, hint: expect.stringContaining(`host-keys ${handle} --register`) }),
    );
  });

  test("is refused where another instance's was accepted, even if that has the same id in another account", () => {
    const others = ["i-0fedcba9876543210", `${instanceId}0`, "*", instanceId, `${instanceId}.us-east-1.444455556666`];
    const pins = others.map((name) => `${name} ${keys.ed25519}\n`).join("");
    expect(() => decideHostKeyCheck(unknown, { ...nobody, pins })).toThrow(instanceId);
  });

  test("is refused for a serial console, to every caller", () => {
    const { hostKeyFingerprint, ...others } = serial;
    const circumstances = { ...nobody, isInteractive: true, acceptsNew: true };
    expect(() => decideHostKeyCheck(connectionWith(others), circumstances)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(serial.host), hint: undefined }),
    );
    expect(hostKeyFingerprint).toBeDefined();
  });

  test("is for the person at the terminal to accept", () => {
    expect(decideHostKeyCheck(unknown, { ...nobody, isInteractive: true })).toEqual({
      kind: "unknown",
      accepts: "ask",
    });
  });

  test("is taken once where the user says so", () => {
    const circumstances = { ...nobody, acceptsNew: true };
    expect(decideHostKeyCheck(unknown, circumstances)).toEqual({ kind: "unknown", accepts: "accept-new" });
  });
});

describe("a host key that is known", () => {
  const easy = { pins: pin, isInteractive: true, acceptsNew: true, commandLine };

  test("by Latchkey: no other counts, even if it was accepted here", () => {
    expect(decideHostKeyCheck(connectionWith(), easy)).toEqual({ kind: "known", hostKeys: [hostKey] });
  });

  test("by its fingerprint: no other counts", () => {
    const check = decideHostKeyCheck(connectionWith(serial), easy);
    expect(check).toEqual({ kind: "fingerprint", fingerprint: serial.hostKeyFingerprint });
  });

  test("from an earlier connection: no new one is taken", () => {
    expect(decideHostKeyCheck(unknown, easy)).toEqual({ kind: "pinned" });
  });
});

test("a known_hosts file has the API's host keys, and nothing that is not a key", () => {
  expect(knownHostsOf(instanceId, [hostKey])).toBe(`${instanceId} ${hostKey.key}\n`);
  const marked = { ...hostKey, key: `@cert-authority ${hostKey.key}` };
  expect(() => knownHostsOf(instanceId, [marked])).toThrow(expect.objectContaining({ exitCode: 76 }));
});
