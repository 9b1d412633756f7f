import { describe, expect, test } from "@jest/globals";
import { fingerprintOf } from "../../../client/ssh/fingerprint.ts";
import { knownHostLine } from "../../../client/ssh/known-host-line.ts";
import { decideHostKeyCheck, knownHostsText, pinnedKeys } from "../../../client/ssh/known-hosts.ts";
import { keys } from "../../fixtures/keys.ts";
import { connectionWith, hostKey, instanceId, serial } from "./any-connection.ts";

const nobody = { pins: "", isInteractive: false, acceptsNew: false };
const pin = `${instanceId} ${keys.ed25519}\n`;
const unknown = connectionWith({ hostKeys: [] });

describe("a host key that nobody has vouched for", () => {
  test("is refused where nobody can look at it", () => {
    expect(() => decideHostKeyCheck(unknown, nobody)).toThrow(
      expect.objectContaining({ exitCode: 77, hint: expect.any(String) }),
    );
  });

  test("is refused where another instance's was accepted", () => {
    const pins = `i-0fedcba9876543210 ${keys.ed25519}\n${instanceId}0 ${keys.ed25519}\n* ${keys.ed25519}\n`;
    expect(() => decideHostKeyCheck(unknown, { ...nobody, pins })).toThrow(instanceId);
  });

  test("is refused for a serial console, whoever looks", () => {
    const { hostKeyFingerprint, ...others } = serial;
    const circumstances = { pins: "", isInteractive: true, acceptsNew: true };
    expect(() => decideHostKeyCheck(connectionWith(others), circumstances)).toThrow(serial.host);
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
  const easy = { pins: pin, isInteractive: true, acceptsNew: true };

  test("by Latchkey: no other counts, whatever was accepted here", () => {
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

describe("a known_hosts text", () => {
  test.each([
    ["a second line", `${keys.ed25519}\n* ${keys.ed25519}`],
    ["a marker", `@cert-authority ${keys.ed25519}`],
    ["a comment", `${keys.ed25519} comment`],
    ["no key", "ssh-ed25519"],
    ["nothing", ""],
    ["characters that are no base64", "ssh-ed25519 AAAA,BBBB"],
  ])("is not made of %s", (_, key) => {
    expect(() => knownHostsText(instanceId, [{ ...hostKey, key }])).toThrow(expect.objectContaining({ exitCode: 76 }));
  });

  test("has a line for each key, under the name", () => {
    const text = knownHostsText(instanceId, [hostKey, { ...hostKey, key: keys.otherEd25519 }]);
    expect(text).toBe(`${instanceId} ${keys.ed25519}\n${instanceId} ${keys.otherEd25519}\n`);
    expect(pinnedKeys(text, instanceId)).toEqual([keys.ed25519, keys.otherEd25519]);
  });
});

describe("the line for ssh's KnownHostsCommand", () => {
  const [type = "", base64 = ""] = keys.ed25519.split(" ");
  const offered = { name: serial.host, type, base64 };
  const fingerprint = fingerprintOf(base64);

  test.each([
    ["another key", { ...offered, base64: keys.otherEd25519.split(" ")[1] ?? "" }],
    ["no key, as before the connection", { ...offered, type: "NONE", base64: "NONE" }],
    ["the key with something behind it", { ...offered, base64: `${base64} x` }],
    ["the key with a line behind it", { ...offered, base64: `${base64}\n` }],
  ])("is not there for %s", (_, other) => {
    expect(knownHostLine(fingerprint, other)).toBe("");
  });

  test("is there for the key with the fingerprint", () => {
    expect(knownHostLine(fingerprint, offered)).toBe(`${serial.host} ${keys.ed25519}\n`);
  });
});
