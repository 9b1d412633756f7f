import { createHash } from "node:crypto";

/** Of a key's blob, as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64, without padding. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
