import { decodeBase64 } from "./base64.ts";
import { fingerprintOf } from "./fingerprint.ts";

/**
 * The text of a known_hosts file: a line for each key, under one name.
 *
 * @param keys each exactly `<type> <base64>`.
 * @param name a host name, an address, an alias, or `*`.
 * @throws RangeError for anything else: a marker (`@cert-authority`), an option or a second line would change its meaning.
 */
export function knownHostsText(name: string, keys: readonly string[]): string {
  if (!/^(?:\*|[A-Za-z0-9][A-Za-z0-9.:-]*)$/.test(name)) throw new RangeError("A host must be exactly one name");
  const invalid = keys.find((key) => !/^[a-z][\w@.-]* [A-Za-z0-9+/]+={0,2}$/.test(key));
  if (invalid !== undefined) throw new RangeError("A host key must be exactly a type and base64");
  return keys.map((key) => `${name} ${key}\n`).join("");
}

/** The keys, `<type> <base64>`, that a known_hosts text has under exactly this name. */
export function keysInKnownHosts(text: string, name: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [names = "", type, base64] = line.split(" ");
    return type && base64 && names.split(",").includes(name) ? [`${type} ${base64}`] : [];
  });
}

/** A server's key, as ssh passes it to a KnownHostsCommand. Before the connection, type and base64 are `NONE`. */
export interface OfferedKey {
  /** The name that ssh looks up (`%H`). */
  readonly name: string;
  /** `%t` */
  readonly type: string;
  /** `%K` */
  readonly base64: string;
}

/** The known_hosts line of a key that has this fingerprint, `SHA256:…`; empty for any other key. */
export function knownHostLine(fingerprint: string, { name, type, base64 }: OfferedKey): string {
  const blob = decodeBase64(base64);
  return blob && fingerprintOf(blob) === fingerprint ? `${name} ${type} ${base64}\n` : "";
}
