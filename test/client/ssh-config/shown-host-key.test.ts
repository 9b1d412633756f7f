import { describe, expect, test } from "@jest/globals";
import { watchForHostKey } from "../../../client/ssh-config/shown-host-key.ts";
import { base64Of, keys, mpint, sshString } from "../../fixtures/keys.ts";

const blob = Buffer.from(base64Of(keys.ed25519), "base64");
/** A packet of RFC 4253 §6, with four bytes of padding. */
function packet(number: number, ...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.from([number]), ...parts]);
  return Buffer.concat([sshString(Buffer.concat([Buffer.from([4]), payload, Buffer.alloc(4)]))]);
}
const version = Buffer.from("a line before it\r\nSSH-2.0-OpenSSH_9.2\r\n");
const algorithms = packet(20, Buffer.alloc(300));
const reply = (number: number, key: Buffer) => packet(number, sshString(key), sshString("a signature"));
const newKeys = packet(21);

function shown(bytes: Buffer, size: number): readonly string[] {
  const found: string[] = [];
  const watch = watchForHostKey((key) => found.push(Buffer.from(key).toString("base64")));
  for (let start = 0; start < bytes.length; start += size) watch(bytes.subarray(start, start + size));
  return found;
}

describe.each([[1], [7], [100_000]])("in pieces of %d bytes,", (size) => {
  test.each<[string, readonly Buffer[], boolean]>([
    ["a server that shows none", [version, algorithms, newKeys, reply(31, blob)], false],
    ["a server that is none of SSH", [Buffer.from("HTTP/1.1 400\r\n\r\n"), reply(31, blob)], false],
    ["a reply without a key in it", [version, reply(31, Buffer.from("no key"))], false],
    ["a length of zero, and more of them", [version, Buffer.alloc(64), newKeys], false],
    ["a server that replies with its key", [version, algorithms, reply(31, blob), newKeys, reply(31, blob)], true],
    ["one that names a group before", [version, packet(31, mpint(2n ** 2047n + 1n), mpint(2n)), reply(33, blob)], true],
  ])("the host key is read of %s: %s", (_, parts, isShown) => {
    expect(shown(Buffer.concat(parts), size)).toEqual(isShown ? [base64Of(keys.ed25519)] : []);
  });
});
