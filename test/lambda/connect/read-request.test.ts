import { describe, expect, test } from "@jest/globals";
import { type ConnectionRequest, connectionRequest } from "../../../contract/connection.ts";
import { invalidOptions, readKey, requireConsistent } from "../../../lambda/connect/read-request.ts";
import { respondProblem } from "../../../lambda/http/respond.ts";
import { publicKeyRefusals } from "../../../ssh-format/public-key.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { problemFrom } from "../../support/problems.ts";

const bodyOf = (change: Partial<ConnectionRequest>) => connectionRequest.parse({ publicKey: keys.ed25519, ...change });
const endpointId = "eice-0123456789abcdef0";

/** As a connection's request is read: what contradicts itself comes first. */
function read(body: ConnectionRequest) {
  requireConsistent(body);
  return readKey(body.publicKey);
}

describe("refused, with the wrong field's pointer", () => {
  test.each([
    ["an endpoint for a direct connection", { connectionType: "direct", endpointId }, "/endpointId", "not-with-direct"],
    ["another port through an endpoint", { endpointId, port: 2222 }, "/port", "not-with-eice"],
    ["an address without a type", { ipAddress: "10.0.1.10" }, "/ipAddress", "needs-connection-type"],
    ["an OS user for a serial console", { connectionType: "serial", osUser: "root" }, "/osUser", "not-with-serial"],
    ["an address for one", { connectionType: "serial", ipAddress: "10.0.1.10" }, "/ipAddress", "not-with-serial"],
    ["an endpoint for one", { connectionType: "serial", endpointId }, "/endpointId", "not-with-serial"],
    ["a port for one", { connectionType: "serial", port: 22 }, "/port", "not-with-serial"],
    ["a certificate", { publicKey: keys.ed25519Certificate }, "/publicKey", "certificate"],
    ["an elliptic curve of NIST's", { publicKey: keys.ecdsa }, "/publicKey", "unsupported-algorithm"],
    ["two keys", { publicKey: `${keys.ed25519}\n${keys.otherEd25519}` }, "/publicKey", "multiple-keys"],
    ["no key", { publicKey: "" }, "/publicKey", "empty"],
    [
      "the contradiction first, where the key is wrong too",
      { publicKey: "", connectionType: "direct", endpointId },
      "/endpointId",
      "not-with-direct",
    ],
  ] as const)("%s", async (_, change, pointer, code) => {
    expect(await problemFrom(() => read(bodyOf(change)))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer, code }],
    });
  });

  test("a key in the words of its refusal", async () => {
    const { detail } = await problemFrom(() => read(bodyOf({ publicKey: "" })));
    expect(detail).toBe(publicKeyRefusals.empty);
  });

  test("a private key without a word of it", async () => {
    const publicKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
    const { body } = respondProblem(await problemFrom(() => read(bodyOf({ publicKey }))), "request-1");
    expect(body).toContain('"private-key"');
    expect(body).not.toContain("c2VjcmV0");
  });
});

test("an address that is not the instance's is refused in the same shape", () => {
  expect(
    invalidOptions({
      code: "invalid-request",
      pointer: "/ipAddress",
      reasonCode: "not-an-address-of-the-instance",
      reason: "The instance has no such IP address.",
    }),
  ).toMatchObject({
    code: "invalid-request",
    detail: "The instance has no such IP address.",
    errors: [{ pointer: "/ipAddress", code: "not-an-address-of-the-instance" }],
  });
});

test.each([
  ["alone", {}],
  ["with an endpoint, which means a tunnel", { endpointId }],
  ["with an address and its type", { ipAddress: "10.0.1.10", connectionType: "eice" }],
] as const)("a key is read %s, without its comment", (_, change) => {
  expect(read(bodyOf({ ...change, publicKey: `${keys.ed25519} ada@laptop\n` }))).toEqual({
    algorithm: "ssh-ed25519",
    line: keys.ed25519,
    fingerprint: fingerprints.ed25519,
  });
});
