import type { Connection } from "../../../contract/connection.ts";
import type { HostKey } from "../../../contract/host-key.ts";
import { keys } from "../../fixtures/keys.ts";

export const instanceId = "i-0123456789abcdef0";
/** By which a command line names it, and by which ssh knows its host keys. */
export const handle = `${instanceId}@111122223333/us-east-1`;
export const hostKeyName = `${instanceId}.us-east-1.111122223333`;

export const hostKey: HostKey = {
  type: "ssh-ed25519",
  key: keys.ed25519,
  fingerprint: "SHA256:iRg4UhHcZGGPXoCEcxXx0BbKLUaKcjkSu/1P4SRIhYs",
  source: "registered",
  observedAt: "2026-03-01T12:00:00.000Z",
  trust: "high",
};

/** An answer of the API's, with what a test changes of it. */
export function connectionWith(changes: Partial<Connection> = {}): Connection {
  return {
    connectionId: "00000000-0000-4000-8000-000000000000",
    instanceId,
    accountId: "111122223333",
    region: "us-east-1",
    availabilityZone: "us-east-1a",
    connectionType: "direct",
    host: "192.0.2.7",
    port: 22,
    user: "ec2-user",
    publicKeyFingerprint: "SHA256:x",
    expiresAt: "2026-03-01T12:01:00.000Z",
    serverTime: "2026-03-01T12:00:01.000Z",
    requestId: "00000000-0000-4000-8000-000000000001",
    hostKeyAlias: instanceId,
    hostKeys: [hostKey],
    ssh: { args: ["-o", "ProxyCommand=evil", "evil"], config: "", knownHosts: "" },
    ...changes,
  };
}

export const tunnel = {
  url: "wss://eice.example/openTunnel?X-Amz-Signature=secret",
  expiresAt: "2026-03-01T12:01:00.000Z",
  maxDurationSeconds: 900,
  endpointId: "eice-0123456789abcdef0",
};

export const serial = {
  connectionType: "serial",
  host: "serial-console.ec2-instance-connect.us-east-1.aws",
  user: `${instanceId}.port0`,
  hostKeyAlias: "serial-console.ec2-instance-connect.us-east-1.aws",
  hostKeys: [],
  hostKeyFingerprint: "SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw",
} as const satisfies Partial<Connection>;
