import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** The types of sshd's own host keys (sshd_config(5), HostKeyAlgorithms): a certificate is no key. */
const keyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/**
 * Reads public host keys: lines of `/etc/ssh/ssh_host_*_key.pub` (`<type> <base64> <comment>`), of `ssh-keyscan` and of
 * known_hosts (with a name before them), between comments and empty lines.
 *
 * @param source what the text is from, for the message: a path.
 * @returns each key once, as `<type> <base64>`, in their order.
 * @throws Failure `invalid` for anything else, above all for a private key.
 */
export function readHostKeyLines(text: string, source: string): string[] {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) {
    throw invalid(`${visible(source)} is a private key, which nobody else should have`, "the public one ends in .pub");
  }
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const keys = lines.filter(({ line }) => line !== "" && !line.startsWith("#")).map((at) => readLine(at, source));
  if (keys.length === 0) throw invalid(`there is no host key in ${visible(source)}`);
  return [...new Set(keys)];
}

function readLine({ line, number }: { readonly line: string; readonly number: number }, source: string): string {
  const words = line.split(/\s+/);
  const where = `line ${number} of ${visible(source)}`;
  if (line.startsWith("@")) {
    throw invalid(`${where} is marked ${visible(words[0] ?? "")}`, "only plain host keys can be registered");
  }
  // A name may stand before the type, as in known_hosts.
  const [type, base64] = keyTypes.includes(words[0] ?? "") ? words : words.slice(1);
  if (type === undefined || base64 === undefined || !keyTypes.includes(type) || !isBlobOf(type, base64)) {
    throw invalid(`${where} is no public host key`, "such a line is: ssh-ed25519 AAAAC3Nza… root@web-1");
  }
  return `${type} ${base64}`;
}

/** Whether it is base64 of a key blob, which begins with its type (RFC 4253 §6.6). The API reads the rest of it. */
function isBlobOf(type: string, base64: string): boolean {
  const blob = Buffer.from(base64, "base64");
  const isBase64 = blob.toString("base64") === base64;
  return isBase64 && blob.length > 4 && blob.subarray(4, 4 + blob.readUInt32BE()).toString("latin1") === type;
}

function invalid(message: string, hint?: string): Failure {
  return new Failure(message, { exitCode: exitCodes.invalid, hint });
}
