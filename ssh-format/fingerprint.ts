import { sha256 } from "@noble/hashes/sha2.js";
import { decodeBase64, encodeBase64 } from "./base64.ts";

/** The fingerprint of a key's blob, as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64, without padding. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, "")}`;
}

/** The fingerprint of a key line, `<algorithm> <base64>`. Returns undefined if its base64 is not canonical. */
export function fingerprintOfLine(line: string): string | undefined {
  const blob = decodeBase64(line.split(" ")[1] ?? "");
  return blob && fingerprintOf(blob);
}
