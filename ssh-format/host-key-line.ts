import { latin1Of } from "./bytes.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { isOnCurve, type NistCurve } from "./nist-curves.ts";
import { readOneKey } from "./one-key.ts";
import { ed25519Refusal, type KeyAlgorithms, rsaRefusal } from "./public-key-blob.ts";
import { readKeyLine } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

const maxModulusBits = 16_384; // OPENSSL_RSA_MAX_MODULUS_BITS: the most that OpenSSH accepts of a host

/** The host key types that `ssh-keygen -A` makes, other than DSA, which OpenSSH has removed. */
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
 * Parses one host key as in `/etc/ssh/ssh_host_*_key.pub`: `<type> <base64> [comment]`, of at most 4096 characters including
 * surrounding white space, of type `ssh-ed25519`, `ecdsa-sha2-nistp256`, `-nistp384`, `-nistp521`, or `ssh-rsa` with 2048 bits or
 * more. The comment is dropped. Text that could be read as anything but exactly one such key is refused. It never throws.
 *
 * @returns the key, encoded again, so that no other part of the text reaches a known_hosts file.
 */
export function readHostKeyLine(line: string): HostKeyLine | { refusal: PublicKeyRefusal } {
  const found = readOneKey(line, hostKeyAlgorithms, (trimmed) => readKeyLine(trimmed, hostKeyAlgorithms));
  return "refusal" in found ? found : { key: found.line, fingerprint: fingerprintOf(found.blob) };
}

/** RFC 5656 §3.1: the curve's name, then an uncompressed point. */
function ecdsaRefusal([name, point, ...rest]: readonly Uint8Array[], curve: NistCurve) {
  const isValid = name && latin1Of(name) === curve && point && isOnCurve(point, curve) && rest.length === 0;
  return isValid ? undefined : "malformed-key";
}
