import { certificateName, isOf, type KeyAlgorithms } from "./public-key-blob.ts";
import type { PublicKeyRefusal } from "./public-key-refusals.ts";

/** The end of a name and the start of a blob: names have a hyphen, and a blob starts with a short length, AAAA in base64. */
const namedKey = String.raw`-[\w.@]+[ \t]+AAAA`;
const keyAtLineStart = new RegExp(`^[\\w.@-]*${namedKey}`, "m");
const keyStarts = new RegExp(`${namedKey}|----[ -]BEGIN `, "g");

/** The options of authorized_keys that sshd(8) lists. They are case-insensitive. */
const options =
  /^(?:agent-forwarding|cert-authority|command|environment|expiry-time|from|no-agent-forwarding|no-port-forwarding|no-pty|no-touch-required|no-user-rc|no-X11-forwarding|permitlisten|permitopen|port-forwarding|principals|pty|restrict|tunnel|user-rc|verify-required|X11-forwarding)[=, \t]/i;

/** Counts where keys start in a text: lines, frames and PEM blocks, in comments and quotes too. */
export const countKeys = (text: string): number => text.match(keyStarts)?.length ?? 0;

/**
 * Reads an OpenSSH public key line, `<algorithm> <base64> [comment]` (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), of
 * one of these algorithms, and drops its comment. It does not check the base64.
 *
 * @param text trimmed, and without control characters other than tab, CR and LF.
 */
export function readKeyLine(
  text: string,
  algorithms: KeyAlgorithms,
): { algorithm: string; base64: string } | { refusal: PublicKeyRefusal } {
  // The next program to read the key may take a CR alone for the end of a line.
  if (/[\r\n]/.test(text)) return { refusal: keyAtLineStart.test(text) ? "extra-lines" : "unsupported-format" };

  const [algorithm = "", base64 = ""] = text.split(/[ \t]+/);
  if (isOf(algorithms, algorithm)) return { algorithm, base64 };
  if (certificateName.test(algorithm)) return { refusal: "certificate" };
  if (options.test(text)) return { refusal: "options-not-allowed" };
  return { refusal: keyAtLineStart.test(text) ? "unsupported-algorithm" : "unsupported-format" };
}
