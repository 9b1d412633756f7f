import { fingerprintOf } from "./fingerprint.ts";
import { readOneKey } from "./one-key.ts";
import { type CallerAlgorithm, callerAlgorithms } from "./public-key-blob.ts";
import { readKeyLine } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";
import { isFrame, readFrame } from "./ssh2-frame.ts";

export { type PublicKeyRefusal, publicKeyRefusals } from "./public-key-refusals.ts";

export interface PublicKey {
  readonly algorithm: CallerAlgorithm;
  /** Exactly `<algorithm> <base64>`: 80 characters for Ed25519, at most 732 for RSA. */
  readonly line: string;
  /** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/**
 * Parses the public key that a caller wants on an instance.
 *
 * Accepts an OpenSSH public key line, `<algorithm> <base64> [comment]`, or an SSH2 frame (RFC 4716), of at most 4096 characters
 * including surrounding white space, with an `ssh-ed25519` key or an `ssh-rsa` key of 2048 to 4096 bits. Comments and headers are
 * dropped. Text that could be read as anything but exactly one key is refused.
 *
 * The returned line has nothing but the algorithm and the base64: on the instance a line break or a `#` would be read as metadata.
 * It never throws.
 */
export function parsePublicKey(text: string): { key: PublicKey } | { refusal: PublicKeyRefusal } {
  const found = readOneKey(text, callerAlgorithms, (trimmed) =>
    isFrame(trimmed) ? readFrame(trimmed) : readKeyLine(trimmed, callerAlgorithms),
  );
  if ("refusal" in found) return found;
  const { algorithm, line, blob } = found;
  return { key: { algorithm, line, fingerprint: fingerprintOf(blob) } };
}
