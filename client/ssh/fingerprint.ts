import { createHash } from "node:crypto";

/** A public key's fingerprint as `ssh-keygen -l` prints it: the SHA-256 hash of its wire format, in base64 without padding. */
export function fingerprintOf(base64: string): string {
  const hash = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}
