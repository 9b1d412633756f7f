import { checkBlob, type KeyAlgorithms } from "./public-key-blob.ts";
import { countKeys } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

const maxCharacters = 4096; // of the text as sent: what SSHPublicKey takes in the service's model

/** Frames and marks of the private keys of OpenSSH (also as bare base64), PEM, PKCS#8, SSH2, SSH1 and PuTTY. */
const privateKeyMark =
  /(?:BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY|b3BlbnNzaC1rZXktdjE|PuTTY-User-Key-File|SSH PRIVATE KEY FILE FORMAT/i;

/** Controls, format characters such as a byte order mark, lone surrogates, and all white space but these four. */
const controlCharacter = /(?![\t\n\r ])[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;

/** What a text holds of a key, its base64 not judged yet. A frame does not name the algorithm. */
type FoundKey = { algorithm: string | undefined; base64: string } | { refusal: PublicKeyRefusal };

/**
 * Reads the one public key that a text holds: refuses text which might be read as anything but exactly one key of these
 * algorithms. It never throws.
 *
 * @param find reads the text, trimmed and without control characters other than tab, CR and LF.
 * @returns the key's blob, and the line which is encoded anew from it: exactly `<algorithm> <base64>`.
 */
export function readOneKey<Algorithm extends string>(
  text: string,
  algorithms: KeyAlgorithms<Algorithm>,
  find: (trimmed: string) => FoundKey,
): { algorithm: Algorithm; line: string; blob: Buffer } | { refusal: PublicKeyRefusal } {
  const textRefusal = refuseText(text);
  if (textRefusal) return { refusal: textRefusal };

  const found = find(text.trim());
  if ("refusal" in found) return found;

  const blob = Buffer.from(found.base64, "base64");
  const base64 = blob.toString("base64");
  // Node decodes leniently, so only base64 which comes out as it went in is canonical (RFC 4648 §3.5, §4).
  if (base64 !== found.base64) return { refusal: "invalid-base64" };

  const verdict = checkBlob(blob, found.algorithm, algorithms);
  if ("refusal" in verdict) return verdict;
  const { algorithm } = verdict;
  return { algorithm, line: `${algorithm} ${base64}`, blob };
}

/** What is wrong with the text as a whole. A private key comes first: its owner must hear of it, whatever else is wrong. */
function refuseText(text: string): PublicKeyRefusal | undefined {
  if (privateKeyMark.test(text)) return "private-key";
  if (text.length > maxCharacters) return "too-long";
  if (controlCharacter.test(text)) return "control-character";
  if (text.trim() === "") return "empty";
  return countKeys(text) > 1 ? "multiple-keys" : undefined;
}
