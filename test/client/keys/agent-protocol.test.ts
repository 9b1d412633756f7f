import { describe, expect, test } from "@jest/globals";
import {
  decodeIdentities,
  decodeRequest,
  encodeIdentities,
  maxMessageBytes,
  messagesOf,
} from "../../../client/keys/agent-protocol.ts";
import { sshString, uint32 } from "../../../ssh-format/ssh-wire.ts";

const bytes = (...parts: readonly (number | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : part)));
const blob = sshString("key");
const bind = sshString("session-bind@openssh.com");
const three = Buffer.concat(["host key", "session", "signature"].map(sshString));

describe("a request", () => {
  test.each([
    ["without a number", bytes()],
    ["for the keys, with more than that", bytes(11, 0)],
    ["for a signature, without a key", bytes(13)],
    ["whose key is longer than it", bytes(13, uint32(4), Buffer.from("key"))],
    ["whose key has a length of 4 GiB", bytes(13, uint32(2 ** 32 - 1), Buffer.from("key"))],
    ["without data to sign", bytes(13, blob)],
    ["without flags", bytes(13, blob, sshString("data"))],
    ["with half of its flags", bytes(13, blob, sshString("data"), 0, 0)],
    ["with more than its flags", bytes(13, blob, sshString("data"), uint32(0), 0)],
    ["for an extension without a name", bytes(27)],
    ["to bind, without a session", bytes(27, bind, sshString("host key"))],
    ["to bind, which does not say whether it forwards", bytes(27, bind, three)],
    ["to bind, with more than that", bytes(27, bind, three, 0, 0)],
  ])("%s is none", (_, message) => {
    expect(decodeRequest(message)).toBeUndefined();
  });

  test.each([
    ["for the keys", bytes(11), { kind: "identities" }],
    [
      "for a signature",
      bytes(13, blob, sshString("data"), uint32(4)),
      { kind: "sign", blob: Buffer.from("key"), data: Buffer.from("data"), flags: 4 },
    ],
    ["to bind to a login", bytes(27, bind, three, 0), { kind: "bind", isForwarding: false }],
    ["to bind to a forwarding", bytes(27, bind, three, 1), { kind: "bind", isForwarding: true }],
    ["for another extension", bytes(27, sshString("query"), 7), { kind: "other" }],
    ["to add a key", bytes(17, 1, 2, 3), { kind: "other" }],
  ])("%s is read", (_, message, request) => {
    expect(decodeRequest(message)).toEqual(request);
  });
});

describe("a list of keys", () => {
  const identities = [
    { blob: Buffer.from("one"), comment: Buffer.from("") },
    { blob: Buffer.from("two"), comment: Buffer.from("2") },
  ];

  test.each([
    ["that is a failure", bytes(5)],
    ["without a count", bytes(12, 0, 0)],
    ["that counts more than there are", bytes(12, uint32(2), blob, blob)],
    ["that counts fewer than there are", bytes(12, uint32(0), blob, blob)],
    ["that counts four milliards", bytes(12, uint32(2 ** 32 - 1))],
  ])("%s is none", (_, message) => {
    expect(decodeIdentities(message)).toBeUndefined();
  });

  test("is read as it was written", () => {
    expect(decodeIdentities(encodeIdentities(identities))).toEqual(identities);
  });
});

describe("a stream of messages", () => {
  async function read(...chunks: readonly Uint8Array[]): Promise<string[]> {
    const messages: string[] = [];
    for await (const message of messagesOf(
      (async function* () {
        yield* chunks;
      })(),
    )) {
      messages.push(Buffer.from(message).toString());
    }
    return messages;
  }

  test.each([
    ["a message of no length", [uint32(0)]],
    ["an end within a length", [Buffer.from([0, 0])]],
    ["an end within a message", [uint32(3), Buffer.from("ab")]],
  ])("is at its end by %s", async (_, chunks) => {
    await expect(read(...chunks)).rejects.toThrow(RangeError);
  });

  test("is at its end by a message that is too long, of which nothing more is read", async () => {
    let isReadOn = false;
    async function* stream() {
      yield uint32(maxMessageBytes + 1);
      isReadOn = true;
      yield Buffer.alloc(maxMessageBytes + 1);
    }
    await expect(messagesOf(stream()).next()).rejects.toThrow(RangeError);
    expect(isReadOn).toBe(false);
  });

  test("may be cut anywhere", async () => {
    const whole = Buffer.concat(["a", "bcd", "ef"].map(sshString));
    const single = Array.from(whole, (byte) => Buffer.from([byte]));
    for (const chunks of [[whole], single, [whole.subarray(0, 7), whole.subarray(7)]]) {
      expect(await read(...chunks)).toEqual(["a", "bcd", "ef"]);
    }
  });
});
