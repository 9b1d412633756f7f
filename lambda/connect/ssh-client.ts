import type { Connection } from "../../contract/connection.ts";
import type { HostKey } from "../../contract/host-key.ts";
import { knownHostsText } from "../../ssh-format/known-hosts.ts";

export interface SshDestination {
  /** Its `Host` in ssh_config. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name for its host keys in known_hosts; it stays the same if the address changes. */
  readonly hostKeyAlias: string;
  readonly hostKeys: readonly HostKey[];
  /** Set if only the fingerprint of the one key to accept is known. */
  readonly hostKeyFingerprint?: string | undefined;
}

/**
 * What the caller's OpenSSH client needs. known_hosts has an alias instead of the address, because other instances may reuse
 * addresses. If host keys are known, or the fingerprint of one, the client accepts no others. A fingerprint alone gives no
 * known_hosts line, so OpenSSH by itself then accepts no key.
 */
export function sshClientOf({
  name,
  host,
  port,
  user,
  hostKeyAlias,
  hostKeys,
  hostKeyFingerprint,
}: SshDestination): Connection["ssh"] {
  const options = {
    IdentitiesOnly: "yes",
    HostKeyAlias: hostKeyAlias,
    ...((hostKeys.length > 0 || hostKeyFingerprint !== undefined) && { StrictHostKeyChecking: "yes" }),
  };
  const lines = { HostName: host, Port: port, User: user, ...options };
  return {
    args: [
      ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
      "-p",
      `${port}`,
      `${user}@${host}`,
    ],
    config: block(`Host ${name}`, lines),
    knownHosts: knownHostsText(
      hostKeyAlias,
      hostKeys.map(({ key }) => key),
    ),
  };
}

function block(head: string, lines: Readonly<Record<string, string | number>>): string {
  return [head, ...Object.entries(lines).map(([name, value]) => `  ${name} ${value}`), ""].join("\n");
}
