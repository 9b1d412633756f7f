import { ECDH } from "node:crypto";
import { fingerprintOf } from "./fingerprint.ts";
import { readOneKey } from "./one-key.ts";
import { ed25519Refusal, type KeyAlgorithms, rsaRefusal } from "./public-key-blob.ts";
import { readKeyLine } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

const maxModulusBits = 16_384; // OPENSSL_RSA_MAX_MODULUS_BITS: what OpenSSH takes of a host

/** The curves that RFC 5656 §10.1 asks everybody for, by SSH's name: OpenSSL's. */
const curves = { nistp256: "prime256v1", nistp384: "secp384r1", nistp521: "secp521r1" } as const;

/** The types of a host key that OpenSSH makes: `ssh-keygen -A`, now and before DSA went. */
const hostKeyAlgorithms = {
  "ssh-ed25519": ed25519Refusal,
  "ecdsa-sha2-nistp256": (fields) => ecdsaRefusal(fields, "nistp256"),
  "ecdsa-sha2-nistp384": (fields) => ecdsaRefusal(fields, "nistp384"),
  "ecdsa-sha2-nistp521": (fields) => ecdsaRefusal(fields, "nistp521"),
  "ssh-rsa": (fields) => rsaRefusal(fields, maxModulusBits),
} as const satisfies KeyAlgorithms;

export interface HostKeyLine {
  /** Exactly `<type> <base64>`. */
  readonly key: string;
  /** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/**
 * Parses one host key, as `/etc/ssh/ssh_host_*_key.pub` holds it: `<type> <base64> [comment]`, of at most 4096 characters
 * with the white space around it, of type `ssh-ed25519`, `ecdsa-sha2-nistp256`, `-nistp384`, `-nistp521`, or `ssh-rsa` from
 * 2048 bits. The comment is dropped. Text which might be read as anything but exactly one such key is refused. It never
 * throws.
 *
 * @returns the key encoded anew, so that nothing else of the text reaches anybody's known_hosts.
 */
export function readHostKeyLine(line: string): HostKeyLine | { refusal: PublicKeyRefusal } {
  const found = readOneKey(line, hostKeyAlgorithms, (trimmed) => readKeyLine(trimmed, hostKeyAlgorithms));
  return "refusal" in found ? found : { key: found.line, fingerprint: fingerprintOf(found.blob) };
}

/** RFC 5656 §3.1: the curve's name, and a point of it that is encoded uncompressed (SEC 1 §2.3.3). */
function ecdsaRefusal([name, point, ...rest]: readonly Buffer[], curve: keyof typeof curves) {
  const isWhole = name?.toString("latin1") === curve && point?.[0] === 0x04 && rest.length === 0;
  return isWhole && isOnCurve(point, curves[curve]) ? undefined : "malformed-key";
}

/**
 * OpenSSL reads no point of another length, with a coordinate beyond the field, or beside the curve (SEC 1 §2.3.4). The curves
 * have prime order, so that each point which is left is a key, and none is weak.
 */
function isOnCurve(point: Buffer, curve: string): boolean {
  try {
    ECDH.convertKey(point, curve);
    return true;
  } catch {
    return false;
  }
}
