import type { Connection, HostKey } from "../../sdk/types.ts";
import { keysInKnownHosts, knownHostsText } from "../../ssh-format/known-hosts.ts";
import { handleOf } from "../instances/place.ts";
import { type CommandLine, ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

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
  /** The text of the client's own pin file; empty if there is none. */
  readonly pins: string;
  readonly isInteractive: boolean;
  /** `--accept-new-host-key` */
  readonly acceptsNew: boolean;
  readonly commandLine: CommandLine;
}

/**
 * The name by which this machine knows an instance's host keys, and ssh its shared connections: an id alone might be
 * another instance's in another account or region. A serial console has the name of its host.
 */
export const hostKeyNameOf = ({ hostKeyAlias, instanceId, accountId, region }: Connection): string =>
  hostKeyAlias === instanceId ? `${instanceId}.${region}.${accountId}` : hostKeyAlias;

/**
 * Decides, and fails closed: if nobody vouches for a host key and nobody can compare it, there is no connection.
 *
 * @throws Failure `noPermission` in that case.
 */
export function decideHostKeyCheck(
  connection: Connection,
  { pins, isInteractive, acceptsNew, commandLine }: HostKeyCircumstances,
): HostKeyCheck {
  const { hostKeys, hostKeyFingerprint, hostKeyAlias, connectionType } = connection;
  if (hostKeys.length > 0) return { kind: "known", hostKeys };
  if (hostKeyFingerprint !== undefined) return { kind: "fingerprint", fingerprint: hostKeyFingerprint };
  if (connectionType !== "serial") {
    if (keysInKnownHosts(pins, hostKeyNameOf(connection)).length > 0) return { kind: "pinned" };
    if (acceptsNew) return { kind: "unknown", accepts: "accept-new" };
    if (isInteractive) return { kind: "unknown", accepts: "ask" };
  }
  throw new Failure(
    `no host key of ${visible(hostKeyAlias)} is known, so the instance cannot be told from an impostor`,
    {
      exitCode: exitCodes.noPermission,
      // An operator registers the keys of instances, not of AWS's serial consoles.
      hint:
        connectionType === "serial"
          ? undefined
          : `have it registered (${ownCommand(commandLine, ["host-keys", handleOf(connection), "--register", "FILE"], "other")}), connect from a terminal and compare it, or accept it with --accept-new-host-key`,
    },
  );
}

/** The text of a known_hosts file with exactly these keys. @throws Failure `protocol` for what is not a key. */
export function knownHostsOf(alias: string, hostKeys: readonly HostKey[]): string {
  try {
    return knownHostsText(
      alias,
      hostKeys.map(({ key }) => key),
    );
  } catch (cause) {
    throw new Failure("the API's response contains an invalid host key", { exitCode: exitCodes.protocol, cause });
  }
}
