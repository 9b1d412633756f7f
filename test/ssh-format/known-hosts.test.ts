import { describe, expect, test } from "@jest/globals";
import { keysInKnownHosts, knownHostLine, knownHostsText } from "../../ssh-format/known-hosts.ts";
import { fingerprints, keys } from "../fixtures/keys.ts";

const name = "i-0123456789abcdef0";

describe("the text of a known_hosts file", () => {
  test.each([
    ["a second line", `${keys.ed25519}\n* ${keys.ed25519}`],
    ["a marker", `@cert-authority ${keys.ed25519}`],
    ["a comment", `${keys.ed25519} comment`],
    ["a type without a key", "ssh-ed25519"],
    ["an empty text", ""],
    ["characters that are not base64", "ssh-ed25519 AAAA,BBBB"],
  ])("is not made from %s", (_, key) => {
    expect(() => knownHostsText(name, [keys.ed25519, key])).toThrow(RangeError);
  });

  test("has a line for each key, under the name", () => {
    const text = knownHostsText(name, [keys.ed25519, keys.otherEd25519]);
    expect(text).toBe(`${name} ${keys.ed25519}\n${name} ${keys.otherEd25519}\n`);
    expect(keysInKnownHosts(text, name)).toEqual([keys.ed25519, keys.otherEd25519]);
  });
});

describe("the keys in a known_hosts file", () => {
  test.each([
    ["one of several names", `web-1,${name} ${keys.ed25519}\n`],
    ["a line with a comment", `${name} ${keys.ed25519} root@web-1\n`],
    ["a line that ends in CR LF", `${name} ${keys.ed25519}\r\n`],
  ])("are found under %s", (_, text) => {
    expect(keysInKnownHosts(text, name)).toEqual([keys.ed25519]);
  });

  test.each([
    ["another name", `${name}0 ${keys.ed25519}\n`],
    ["a pattern", `* ${keys.ed25519}\n`],
    ["a marker", `@revoked ${name} ${keys.ed25519}\n`],
    ["a name alone", `${name}\n`],
    ["a type without a key", `${name} ssh-ed25519\n`],
    ["a key without a type", `${name}  ${keys.ed25519.split(" ")[1]}\n`],
  ])("are not found under %s", (_, text) => {
    expect(keysInKnownHosts(text, name)).toEqual([]);
  });
});

describe("the line for ssh's KnownHostsCommand", () => {
  const [type = "", base64 = ""] = keys.ed25519.split(" ");
  const offered = { name: "console.example", type, base64 };

  test.each([
    ["another key", { ...offered, base64: keys.otherEd25519.split(" ")[1] ?? "" }],
    ["no key, as before the connection", { ...offered, type: "NONE", base64: "NONE" }],
    ["the key followed by other text", { ...offered, base64: `${base64} x` }],
    ["the key followed by a line break", { ...offered, base64: `${base64}\n` }],
  ])("is empty for %s", (_, other) => {
    expect(knownHostLine(fingerprints.ed25519, other)).toBe("");
  });

  test("is the line of the key that has the fingerprint", () => {
    expect(knownHostLine(fingerprints.ed25519, offered)).toBe(`console.example ${keys.ed25519}\n`);
  });
});
