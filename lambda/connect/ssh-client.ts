import type { Connection } from "../contract/connection.ts";
import type { HostKey } from "../contract/host-key.ts";

export interface SshDestination {
  readonly instanceId: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly HostKey[];
}

/**
 * What the caller's own OpenSSH client needs. The instance's id stands in for its address in known_hosts, since addresses
 * are used again by other instances. Where host keys are known the client accepts no other.
 */
export function sshClientOf({ instanceId, host, port, user, hostKeys }: SshDestination): Connection["ssh"] {
  const options = {
    IdentitiesOnly: "yes",
    HostKeyAlias: instanceId,
    ...(hostKeys.length > 0 && { StrictHostKeyChecking: "yes" }),
  };
  const lines = { HostName: host, Port: port, User: user, ...options };
  return {
    args: [
      ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
      "-p",
      `${port}`,
      `${user}@${host}`,
    ],
    config: block(`Host ${instanceId}`, lines),
    knownHosts: hostKeys.map(({ key }) => `${instanceId} ${key}\n`).join(""),
  };
}

function block(head: string, lines: Readonly<Record<string, string | number>>): string {
  return [head, ...Object.entries(lines).map(([name, value]) => `  ${name} ${value}`), ""].join("\n");
}
