import type { Connection } from "../../contract/connection.ts";
import type { HostKey } from "../../contract/host-key.ts";
import { knownHostsText } from "../../ssh-format/known-hosts.ts";

export interface SshDestination {
  /** What the destination is to be called in ssh_config. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name to know its host keys by, for every address. */
  readonly hostKeyAlias: string;
  readonly hostKeys: readonly HostKey[];
  /** Where only that is known of the one key to accept. */
  readonly hostKeyFingerprint?: string | undefined;
}

/**
 * What the caller's own OpenSSH client needs. An alias stands in for the address in known_hosts, since addresses are used
 * again by other instances. Where host keys are known, or the fingerprint of one, the client accepts no other: of a fingerprint
 * no known_hosts can be made, so that OpenSSH by itself then accepts none.
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
