import { createHash } from "node:crypto";
import { judgeBlob } from "./public-key-blob.ts";
import { countKeys, readKeyLine } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";
import { isFrame, readFrame } from "./ssh2-frame.ts";

export { type PublicKeyRefusal, publicKeyRefusals } from "./public-key-refusals.ts";

export interface PublicKey {
  readonly algorithm: "ssh-ed25519" | "ssh-rsa";
  /** Exactly `<algorithm> <base64>`: 80 characters for Ed25519, at most 732 for RSA. */
  readonly line: string;
  /** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

const maxCharacters = 4096; // of the text as sent: what SSHPublicKey takes in the service's model

/** Frames and marks of the private keys of OpenSSH (also as bare base64), PEM, PKCS#8, SSH2, SSH1 and PuTTY. */
const privateKeyMark =
  /(?:BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY|b3BlbnNzaC1rZXktdjE|PuTTY-User-Key-File|SSH PRIVATE KEY FILE FORMAT/i;

/** Controls, format characters such as a byte order mark, lone surrogates, and all white space but these four. */
const controlCharacter = /(?![\t\n\r ])[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;

/**
 * Parses the one public key that a caller wants on an instance.
 *
 * Accepts an OpenSSH public key line, `<algorithm> <base64> [comment]`, or an SSH2 frame (RFC 4716), of at most 4096
 * characters with the white space around it, holding an `ssh-ed25519` key or an `ssh-rsa` key of 2048 to 4096 bits.
 * Comments and headers are dropped. Text which might be read as anything but exactly one key is refused.
 *
 * The line it returns is encoded anew from the decoded key, so that nothing else of what the caller sent reaches the
 * instance, where a line break or a `#` would be read as metadata. It never throws.
 */
export function parsePublicKey(text: string): { key: PublicKey } | { refusal: PublicKeyRefusal } {
  const textRefusal = refuseText(text);
  if (textRefusal) return { refusal: textRefusal };

  const trimmed = text.trim();
  const found = isFrame(trimmed) ? readFrame(trimmed) : readKeyLine(trimmed);
  if ("refusal" in found) return found;

  const blob = Buffer.from(found.base64, "base64");
  const base64 = blob.toString("base64");
  // Node decodes leniently, so only base64 which comes out as it went in is canonical (RFC 4648 §3.5, §4).
  if (base64 !== found.base64) return { refusal: "invalid-base64" };

  const verdict = judgeBlob(blob, found.algorithm);
  if ("refusal" in verdict) return verdict;
  const line = `${verdict.algorithm} ${base64}`;
  return { key: { algorithm: verdict.algorithm, line, fingerprint: fingerprint(blob) } };
}

/** What is wrong with the text as a whole. A private key comes first: its owner must hear of it, whatever else is wrong. */
function refuseText(text: string): PublicKeyRefusal | undefined {
  if (privateKeyMark.test(text)) return "private-key";
  if (text.length > maxCharacters) return "too-long";
  if (controlCharacter.test(text)) return "control-character";
  if (text.trim() === "") return "empty";
  return countKeys(text) > 1 ? "multiple-keys" : undefined;
}

const fingerprint = (blob: Buffer): string =>
  `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
