import { certificateName, isOf, type KeyAlgorithms } from "./public-key-blob.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

/** A name's last part and a blob's start: names have a hyphen, and a blob begins with a short length, AAAA in base64. */
const namedKey = String.raw`-[\w.@]+[ \t]+AAAA`;
const keyAtLineStart = new RegExp(`^[\\w.@-]*${namedKey}`, "m");
const keyStarts = new RegExp(`${namedKey}|----[ -]BEGIN `, "g");

/** The options of authorized_keys, as sshd(8) lists them; their case does not count. */
const options =
  /^(?:agent-forwarding|cert-authority|command|environment|expiry-time|from|no-agent-forwarding|no-port-forwarding|no-pty|no-touch-required|no-user-rc|no-X11-forwarding|permitlisten|permitopen|port-forwarding|principals|pty|restrict|tunnel|user-rc|verify-required|X11-forwarding)[=, \t]/i;

/** In how many places of a text a key begins: a line, a frame or a PEM block, also in a comment or in quotes. */
export const countKeys = (text: string): number => text.match(keyStarts)?.length ?? 0;

/**
 * Reads an OpenSSH public key line, `<algorithm> <base64> [comment]` (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), of
 * one of these algorithms, and drops its comment. The base64 is not judged yet.
 * @param text trimmed, and without control characters other than tab, CR and LF.
 */
export function readKeyLine(
  text: string,
  algorithms: KeyAlgorithms,
): { algorithm: string; base64: string } | { refusal: PublicKeyRefusal } {
  // A CR alone ends a line as well: whatever reads the key next may think so.
  if (/[\r\n]/.test(text)) return { refusal: keyAtLineStart.test(text) ? "extra-lines" : "unsupported-format" };

  const [algorithm = "", base64 = ""] = text.split(/[ \t]+/);
  if (isOf(algorithms, algorithm)) return { algorithm, base64 };
  if (certificateName.test(algorithm)) return { refusal: "certificate" };
  if (options.test(text)) return { refusal: "options-not-allowed" };
  return { refusal: keyAtLineStart.test(text) ? "unsupported-algorithm" : "unsupported-format" };
}
