import { fingerprintOf } from "./fingerprint.ts";

/** What ssh tells a KnownHostsCommand of the key that a server shows; before the connection, `NONE`. */
export interface OfferedKey {
  /** The name that ssh looks for (`%H`). */
  readonly name: string;
  /** `%t` */
  readonly type: string;
  /** `%K` */
  readonly base64: string;
}

/**
 * The known_hosts line for a key that has the expected fingerprint; empty for every other key.
 *
 * @param expected `SHA256:…`, as AWS publishes those of its serial consoles.
 */
export function knownHostLine(expected: string, { name, type, base64 }: OfferedKey): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || fingerprintOf(base64) !== expected) return "";
  return `${name} ${type} ${base64}\n`;
}
