import { createPublicKey, verify, type webcrypto } from "node:crypto";
import { describe, expect, jest, test } from "@jest/globals";
import { parsePublicKey } from "../../../ssh-format/public-key.ts";
import { configurationFor } from "../../../web/ssh/configuration.ts";
import { Ed25519, Ed25519Key } from "../../../web/ssh/ed25519.ts";

const algorithm = new Ed25519();

describe("the key of a connection", () => {
  test("has a private half that nobody can export, and that no property holds", async () => {
    const generate = jest.spyOn(crypto.subtle, "generateKey");
    const key = await algorithm.generateKeyPair();
    expect(Object.values(key)).toEqual(["ssh-ed25519", null]);
    const made = (await Promise.all(generate.mock.results.map(({ value }) => value))) as webcrypto.CryptoKeyPair[];
    expect(made).toHaveLength(1);
    for (const { privateKey } of made) {
      for (const format of ["pkcs8", "raw", "jwk"]) {
        await expect(crypto.subtle.exportKey(format as "pkcs8", privateKey)).rejects.toThrow();
      }
    }
  });

  test("has a public half that the API takes, and signs for it", async () => {
    const key = await algorithm.generateKeyPair();
    const parsed = parsePublicKey(key.line);
    expect(parsed).toMatchObject({ key: { algorithm: "ssh-ed25519", line: key.line } });
    const x = (await key.getPublicKeyBytes()).subarray(19).toString("base64url");
    const nodes = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    const data = Buffer.from("data");
    expect(verify(null, data, nodes, await algorithm.createSigner(key).sign(data))).toBe(true);
  });

  test("verifies what another key signed, and nothing else", async () => {
    const key = await algorithm.generateKeyPair();
    const signature = await key.sign(Buffer.from("data"));
    const known = new Ed25519Key();
    await known.setPublicKeyBytes(await key.getPublicKeyBytes());
    expect(await known.verify(Buffer.from("data"), signature)).toBe(true);
    expect(await known.verify(Buffer.from("date"), signature)).toBe(false);
    await expect(known.sign(Buffer.from("data"))).rejects.toThrow();
  });

  test.each([
    ["of another type", "ssh-rsa"],
    ["cut short", "ssh-ed25519"],
  ])("takes no public key %s", async (_, type) => {
    const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type)]);
    await expect(new Ed25519Key().setPublicKeyBytes(blob)).rejects.toThrow();
  });
});

describe("what a session offers", () => {
  const offered = (known: readonly string[]) => configurationFor(known).publicKeyAlgorithms.map((each) => each?.name);

  test.each<[string, readonly string[], readonly string[]]>([
    ["Ed25519 if no host key is known", [], ["ssh-ed25519", "ecdsa-sha2-nistp256"]],
    ["RSA, with SHA-2, if that is the known host key", ["ssh-rsa"], ["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"]],
    ["what is known of several", ["ssh-rsa", "ecdsa-sha2-nistp384"], ["ecdsa-sha2-nistp384", "rsa-sha2-512"]],
  ])("is first %s", (_, known, first) => {
    expect(offered(known).slice(0, first.length)).toEqual(first);
    expect(offered(known)).toHaveLength(6);
  });

  test("is AES-GCM alone, and no extension of the library's", () => {
    const { encryptionAlgorithms, protocolExtensions } = configurationFor([]);
    expect(encryptionAlgorithms.map((each) => each?.name)).toEqual(["aes256-gcm@openssh.com"]);
    expect(protocolExtensions).toEqual([]);
  });
});
