import type { Connection } from "../../contract/connection.ts";
import type { HostKey } from "../../contract/host-key.ts";
import { exitCodes } from "../cli/exit-code.ts";
import { Failure } from "../cli/failure.ts";

/** What is known of an instance's host key, and so how strictly ssh has to look. */
export type HostKeyCheck =
  /** Latchkey vouches for these keys: no other. */
  | { readonly kind: "known"; readonly hostKeys: readonly HostKey[] }
  /** A serial console's: AWS publishes a fingerprint and no key. */
  | { readonly kind: "fingerprint"; readonly fingerprint: string }
  /** Accepted on this machine before: no other. */
  | { readonly kind: "pinned" }
  /** Nothing is known. `ask` lets ssh ask its user; `accept-new` takes what comes, once. */
  | { readonly kind: "unknown"; readonly accepts: "ask" | "accept-new" };

export interface HostKeyCircumstances {
  /** The text of the client's own pin file; empty where there is none. */
  readonly pins: string;
  readonly isInteractive: boolean;
  /** `--accept-new-host-key` */
  readonly acceptsNew: boolean;
}

/**
 * Decides, and fails closed: where nobody vouches for a host key and nobody can look at it, there is no connection.
 *
 * @throws Failure `noPermission` then.
 */
export function decideHostKeyCheck(
  { hostKeys, hostKeyFingerprint, hostKeyAlias, connectionType }: Connection,
  { pins, isInteractive, acceptsNew }: HostKeyCircumstances,
): HostKeyCheck {
  if (hostKeys.length > 0) return { kind: "known", hostKeys };
  if (hostKeyFingerprint !== undefined) return { kind: "fingerprint", fingerprint: hostKeyFingerprint };
  if (connectionType !== "serial") {
    if (pinnedKeys(pins, hostKeyAlias).length > 0) return { kind: "pinned" };
    if (acceptsNew) return { kind: "unknown", accepts: "accept-new" };
    if (isInteractive) return { kind: "unknown", accepts: "ask" };
  }
  throw new Failure(`no host key of ${hostKeyAlias} is known, so nobody can tell whether it is the one that answers`, {
    exitCode: exitCodes.noPermission,
    hint: "have it registered (latchkey host-keys), connect from a terminal and compare it, or take whatever comes by --accept-new-host-key",
  });
}

/** A known_hosts file's text: exactly these keys. @throws Failure `protocol` for what is not a key, or would be more than one line. */
export function knownHostsText(alias: string, hostKeys: readonly HostKey[]): string {
  return hostKeys.map(({ key }) => `${alias} ${oneKey(key)}\n`).join("");
}

function oneKey(key: string): string {
  // A marker (`@cert-authority`), an option or a second line would mean something else.
  if (/^[a-z][\w@.-]* [A-Za-z0-9+/]+={0,2}$/.test(key)) return key;
  throw new Failure("the API's answer has a host key that is none", { exitCode: exitCodes.protocol });
}

/** The keys, `<type> <base64>`, that a known_hosts file has for exactly this name. */
export function pinnedKeys(knownHosts: string, alias: string): readonly string[] {
  return knownHosts.split(/\r?\n/).flatMap((line) => {
    const [names = "", type, base64] = line.split(" ");
    return type && base64 && names.split(",").includes(alias) ? [`${type} ${base64}`] : [];
  });
}
