import { decodeBase64 } from "./base64.ts";
import { checkBlob, type KeyAlgorithms } from "./public-key-blob.ts";
import { countKeys } from "./public-key-line.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

const maxCharacters = 4096; // of the text as sent: the maximum length of SSHPublicKey in the service model

/** Headers and markers of private keys in the formats of OpenSSH (also as bare base64), PEM, PKCS#8, SSH2, SSH1 and PuTTY. */
const privateKeyMark =
  /(?:BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY|b3BlbnNzaC1rZXktdjE|PuTTY-User-Key-File|SSH PRIVATE KEY FILE FORMAT/i;

/**
 * Control characters other than these three, format characters such as a byte order mark, lone surrogates, and separators of
 * lines. Spaces beyond ASCII may stand in a comment, which is dropped; elsewhere they separate nothing.
 */
const controlCharacter = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A key found in a text, its base64 not checked yet. An SSH2 frame does not name the algorithm. */
type FoundKey = { algorithm: string | undefined; base64: string } | { refusal: PublicKeyRefusal };

/**
 * Reads the public key in a text. Refuses text that could be read as anything but exactly one key of these algorithms. It never
 * throws.
 *
 * @param find reads the text, trimmed and without control characters other than tab, CR and LF.
 * @returns the key's blob, and its line: exactly `<algorithm> <base64>`.
 */
export function readOneKey<Algorithm extends string>(
  text: string,
  algorithms: KeyAlgorithms<Algorithm>,
  find: (trimmed: string) => FoundKey,
): { algorithm: Algorithm; line: string; blob: Uint8Array } | { refusal: PublicKeyRefusal } {
  const textRefusal = refuseText(text);
  if (textRefusal) return { refusal: textRefusal };

  const found = find(text.trim());
  if ("refusal" in found) return found;

  const blob = decodeBase64(found.base64);
  if (!blob) return { refusal: "invalid-base64" };

  const verdict = checkBlob(blob, found.algorithm, algorithms);
  if ("refusal" in verdict) return verdict;
  const { algorithm } = verdict;
  return { algorithm, line: `${algorithm} ${found.base64}`, blob };
}

/** Checks the text as a whole. A private key comes first: its owner must hear of it, even if something else is wrong too. */
function refuseText(text: string): PublicKeyRefusal | undefined {
  if (privateKeyMark.test(text)) return "private-key";
  if (text.length > maxCharacters) return "too-long";
  if (controlCharacter.test(text)) return "control-character";
  if (text.trim() === "") return "empty";
  return countKeys(text) > 1 ? "multiple-keys" : undefined;
}
