import { createECDH, ECDH } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { smallOrderPoints } from "../../ssh-format/ed25519-small-order.ts";
import { readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { ecdsaLine, hostCertificate, hostKeyFingerprints, hostKeys } from "../fixtures/host-keys.ts";
import { base64Of, frameOf, keyLine, keys, modulusOf, mpint, rsaLine, sshString } from "../fixtures/keys.ts";

const { ed25519, ecdsa256, ecdsa384, rsa } = hostKeys;

/** The point in a key line's blob: its last field, of so many bytes. */
const pointOf = (line: string, bytes: number) => Buffer.from(base64Of(line), "base64").subarray(-bytes);
const p256 = pointOf(ecdsa256, 65);
const ecdsa = (point: Buffer, curve = "nistp256", type = "ecdsa-sha2-nistp256") => ecdsaLine(type, curve, point);

/** The prime of P-256 (FIPS 186-4, D.1.2.3). */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const bytes32 = (number: bigint) => Buffer.from(number.toString(16).padStart(64, "0"), "hex");
const encoded = (form: "compressed" | "hybrid") =>
  Buffer.from(ECDH.convertKey(p256, "prime256v1", undefined, "hex", form).toString(), "hex");
const compressed = encoded("compressed");
const hybrid = encoded("hybrid");

/** The y of the point of P-256 whose x is 0: a square root of the curve's b. That x could be written as the prime, too. */
const yAtZero = power(0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn, (prime + 1n) / 4n);

function power(base: bigint, exponent: bigint): bigint {
  let [result, factor] = [1n, base % prime];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

describe("is refused", () => {
  const refused: Readonly<Record<string, readonly [line: string, code: string]>> = {
    "no text": ["", "empty"],
    "white space": [" \n", "empty"],
    "a sentence": ["the right one", "unsupported-format"],
    "base64 without a type": [base64Of(ed25519), "unsupported-format"],
    "a type without a key": ["ssh-ed25519", "malformed-key"],
    "a fingerprint": [hostKeyFingerprints.ed25519, "unsupported-format"],
    "a line of known_hosts": [`web-1 ${ed25519}`, "unsupported-format"],
    "a hashed line of known_hosts": [`|1|c2FsdA==|aGFzaA== ${ed25519}`, "unsupported-format"],
    "an authority of known_hosts": [`@cert-authority * ${ed25519}`, "unsupported-format"],
    "a comment line of ssh-keyscan": ["# web-1:22 SSH-2.0-OpenSSH_9.2", "unsupported-format"],
    options: [`command="true" ${ed25519}`, "options-not-allowed"],
    "an SSH2 frame": [frameOf(rsa), "unsupported-format"],
    "a private key": ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "private-key"],
    "a key in PEM": ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "unsupported-format"],
    "two lines": [`${ed25519}\n${ecdsa256}`, "multiple-keys"],
    "a line behind it": [`${ed25519}\nroot`, "extra-lines"],
    "a carriage return and more": [`${ed25519}\rroot`, "extra-lines"],
    "a wrapped key": [`${rsa.slice(0, 80)}\n${rsa.slice(80)}`, "extra-lines"],
    "two keys on a line": [`${ed25519} ${ecdsa256}`, "multiple-keys"],
    "a NUL": [`${ed25519}\0`, "control-character"],
    "an escape of the terminal's in the comment": [`${ed25519} \u001B[2J`, "control-character"],
    "a byte order mark": [`\uFEFF${ed25519}`, "control-character"],
    "4097 characters": [`${ed25519} ${"x".repeat(4096 - ed25519.length)}`, "too-long"],

    "a certificate": [hostCertificate, "certificate"],
    "a certificate that is called a key": [`ecdsa-sha2-nistp256 ${base64Of(hostCertificate)}`, "certificate"],
    "a DSA key": [keyLine("ssh-dss", mpint(7n), mpint(7n), mpint(7n), mpint(7n)), "unsupported-algorithm"],
    "a key of a security token": [
      keyLine("sk-ssh-ed25519@openssh.com", sshString(Buffer.alloc(32, 9)), sshString("ssh:")),
      "unsupported-algorithm",
    ],
    "another curve": [ecdsa(p256, "nistp224", "ecdsa-sha2-nistp224"), "unsupported-algorithm"],
    "a signature's name": [`rsa-sha2-256 ${base64Of(rsa)}`, "unsupported-algorithm"],
    "a name that every object has": [`constructor ${base64Of(ed25519)}`, "unsupported-format"],
    "that name in the blob": [`ssh-ed25519 ${base64Of(keyLine("constructor"))}`, "algorithm-mismatch"],
    "another type's name": [ed25519.replace("ssh-ed25519", "ssh-rsa"), "algorithm-mismatch"],
    "another curve's name": [ecdsa384.replace("nistp384", "nistp256"), "algorithm-mismatch"],

    "base64 without its padding": [ecdsa256.slice(0, -1), "invalid-base64"],
    "base64 in the other alphabet": [ed25519.replaceAll("/", "_"), "invalid-base64"],
    "base64 with bits to spare": [`${ecdsa256.slice(0, -2)}h=`, "invalid-base64"],
    "base64 cut short": [ed25519.slice(0, -4), "malformed-key"],

    "Ed25519 of 31 bytes": [keyLine("ssh-ed25519", sshString(Buffer.alloc(31, 9))), "malformed-key"],
    "Ed25519 of 33 bytes": [keyLine("ssh-ed25519", sshString(Buffer.alloc(33, 9))), "malformed-key"],
    "bytes behind an Ed25519 key": [
      keyLine("ssh-ed25519", sshString(Buffer.alloc(32, 9)), sshString("")),
      "malformed-key",
    ],

    "RSA of 2047 bits": [rsaLine(modulusOf(2047)), "modulus-too-short"],
    "RSA of 16385 bits": [rsaLine(modulusOf(16_385)), "modulus-too-long"],
    "RSA with an exponent of 1": [rsaLine(modulusOf(2048), 1n), "invalid-exponent"],
    "RSA with an even modulus": [rsaLine(modulusOf(2048) + 1n), "weak-key"],
    "RSA with a negative modulus": [
      keyLine("ssh-rsa", mpint(65_537n), sshString(Buffer.alloc(256, 0xff))),
      "malformed-key",
    ],
    "RSA with a zero too many": [
      keyLine("ssh-rsa", sshString(Buffer.from("00010001", "hex")), mpint(modulusOf(2048))),
      "malformed-key",
    ],
    "RSA without a modulus": [keyLine("ssh-rsa", mpint(65_537n)), "malformed-key"],

    "ECDSA with another curve inside": [ecdsa(p256, "nistp384"), "malformed-key"],
    "ECDSA without a point": [keyLine("ecdsa-sha2-nistp256", sshString("nistp256")), "malformed-key"],
    "bytes behind an ECDSA key": [
      keyLine("ecdsa-sha2-nistp256", sshString("nistp256"), sshString(p256), sshString("")),
      "malformed-key",
    ],
    "a compressed point": [ecdsa(compressed), "malformed-key"],
    "a point in both ways at once": [ecdsa(hybrid), "malformed-key"],
    "the point at infinity": [ecdsa(Buffer.alloc(1)), "malformed-key"],
    "a point without its mark": [ecdsa(p256.subarray(1)), "malformed-key"],
    "a point with a byte too many": [ecdsa(Buffer.concat([p256, Buffer.alloc(1)])), "malformed-key"],
    "a point with another mark": [ecdsa(Buffer.concat([Buffer.from([2]), p256.subarray(1)])), "malformed-key"],
    "a point beside the curve": [ecdsa(Buffer.concat([p256.subarray(0, -1), Buffer.from([1])])), "malformed-key"],
    "zeros, which are on no curve": [ecdsa(Buffer.concat([Buffer.from([4]), Buffer.alloc(64)])), "malformed-key"],
    "a point whose x is the prime itself, which is 0 again": [
      ecdsa(Buffer.concat([Buffer.from([4]), bytes32(prime), bytes32(yAtZero)])),
      "malformed-key",
    ],
    "another curve's point": [ecdsa(pointOf(ecdsa384, 97)), "malformed-key"],
  };

  test.each(Object.entries(refused))("%s", (_, [line, code]) => {
    expect(readHostKeyLine(line)).toEqual({ refusal: code });
  });

  test.each([...smallOrderPoints])("Ed25519 with a point that protects nothing: %s", (hex) => {
    const line = keyLine("ssh-ed25519", sshString(Buffer.from(hex, "hex")));
    expect(readHostKeyLine(line)).toEqual({ refusal: "weak-key" });
  });
});

describe("is accepted", () => {
  const known = Object.keys(hostKeyFingerprints) as (keyof typeof hostKeyFingerprints)[];

  test.each(known)("%s, with the fingerprint that ssh-keygen prints", (name) => {
    expect(readHostKeyLine(hostKeys[name])).toEqual({ key: hostKeys[name], fingerprint: hostKeyFingerprints[name] });
  });

  test.each<[sentence: string, text: string]>([
    ["with a comment", `${ed25519} root@web-1`],
    ["with a no-break space in its comment", `${ed25519} root\u00A0web-1`],
    ["with a comment that has spaces", `${ed25519} root at web 1`],
    ["with the line's end", `${ed25519} root@web-1\n`],
    ["with tabs between", ed25519.replace(" ", "\t")],
    ["of 4096 characters", `${ed25519} ${"x".repeat(4095 - ed25519.length)}`],
  ])("a key %s, as type and base64 alone", (_, text) => {
    expect(readHostKeyLine(text)).toMatchObject({ key: ed25519 });
  });

  test.each([
    ["RSA of 2048 bits", keys.rsa2048],
    ["RSA of 16384 bits, which no caller may send", rsaLine(modulusOf(16_384))],
    ["the point of P-256 whose x is 0", ecdsa(Buffer.concat([Buffer.from([4]), bytes32(0n), bytes32(yAtZero)]))],
  ])("%s", (_, line) => {
    expect(readHostKeyLine(line)).toMatchObject({ key: line });
  });

  test("a coordinate that begins with zeros, in its full length", () => {
    const pair = createECDH("secp521r1");
    // Two of three coordinates of P-521 begin with one: its 521 bits leave seven of the first byte unused.
    pair.setPrivateKey(Buffer.alloc(66, 1).fill(0, 0, 2));
    const line = ecdsa(pair.getPublicKey(), "nistp521", "ecdsa-sha2-nistp521");
    expect(readHostKeyLine(line)).toMatchObject({ key: line });
  });
});
