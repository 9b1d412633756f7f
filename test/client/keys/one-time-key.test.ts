import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { makeOneTimeKey } from "../../../client/keys/one-time-key.ts";
import { run } from "../../support/ssh-client.ts";

/** The public key as node:crypto has it: its 32 bytes are the last of the wire format (RFC 8709 §4). */
function publicKeyOf({ blob }: { readonly blob: Uint8Array }) {
  const x = Buffer.from(blob.subarray(-32)).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

test("each key is another one", () => {
  expect(makeOneTimeKey().publicKey).not.toBe(makeOneTimeKey().publicKey);
});

test("a signature is good for what was signed, and for nothing else", () => {
  const key = makeOneTimeKey();
  const signature = key.sign(Buffer.from("session"));
  expect(verify(null, Buffer.from("another"), publicKeyOf(key), signature)).toBe(false);
  expect(verify(null, Buffer.from("session"), publicKeyOf(makeOneTimeKey()), signature)).toBe(false);
  expect(verify(null, Buffer.from("session"), publicKeyOf(key), signature)).toBe(true);
});

test("the public key is one line of 80 characters, the least that EC2 Instance Connect takes", () => {
  expect(makeOneTimeKey().publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
});

test("ssh-keygen reads the private key's file, and finds the same public key", async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  try {
    const key = makeOneTimeKey();
    const file = path.join(directory, "key");
    await writeFile(file, key.privateKeyFile(), { mode: 0o600 });
    // Reads the private half, too: it has to fit.
    const signed = await run("ssh-keygen", ["-q", "-Y", "sign", "-n", "test", "-f", file, file]);
    const read = await run("ssh-keygen", ["-y", "-f", file]);
    expect(signed).toMatchObject({ code: 0 });
    expect(read.stdout.trim()).toBe(key.publicKey);
  } finally {
    await rm(directory, { recursive: true });
  }
});
