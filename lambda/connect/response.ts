import type { Connection } from "../../contract/connection.ts";
import { hostKeysResponse } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { NetworkRoute } from "../resolve/resolve.ts";
import { warningsOf } from "../resolve/warnings.ts";
import type { Decided } from "./assess.ts";
import { type IntendedConnection, keyExpiry } from "./connection-state.ts";
import { sshClientOf } from "./ssh-client.ts";

/** A connection whose key has been pushed. */
export interface PushedConnection {
  readonly intent: IntendedConnection;
  readonly decided: Decided;
  /** When the successful push attempt started. */
  readonly startedAt: Date;
  readonly tunnel: Connection["tunnel"];
  /** All that are known of the instance, from every source. */
  readonly hostKeys: readonly StoredHostKey[];
  readonly now: Date;
}

/** Everything that the client needs to connect in time. */
export function connectionResponse({
  intent,
  decided,
  startedAt,
  tunnel,
  hostKeys,
  now,
}: PushedConnection): Connection {
  const { connectionId, osUser, publicKeyFingerprint, requestId } = intent;
  const { instance, route, access } = decided;
  const { instanceId, accountId, region, availabilityZone } = instance;
  const { connectionType, host, port, dnsName } = route;
  const warnings = warningsOf(instance, connectionType);
  const known = serverIdentity(route, instanceId, hostKeys);
  return {
    connectionId,
    instanceId,
    accountId,
    region,
    availabilityZone,
    connectionType,
    host,
    port,
    user: osUser,
    ...(dnsName !== undefined && { dnsName }),
    publicKeyFingerprint,
    expiresAt: keyExpiry(startedAt).toISOString(),
    serverTime: now.toISOString(),
    requestId,
    ...(access && { accessRequestId: access.id, accessExpiresAt: access.expiresAt }),
    ...known,
    ...(warnings.length > 0 && { warnings }),
    ...(tunnel && { tunnel }),
    ssh: sshClientOf({ name: connectionType === "serial" ? osUser : instanceId, host, port, user: osUser, ...known }),
  };
}

/**
 * How the client identifies the server. A serial console has only the fingerprint that AWS publishes: the instance's
 * own host keys are those of another server.
 */
export function serverIdentity(
  route: NetworkRoute,
  instanceId: string,
  stored: readonly StoredHostKey[],
): Pick<Connection, "hostKeyAlias" | "hostKeys" | "hostKeyFingerprint"> {
  return route.connectionType === "serial"
    ? { hostKeyAlias: route.host, hostKeys: [], hostKeyFingerprint: route.hostKeyFingerprint }
    : { hostKeyAlias: instanceId, hostKeys: hostKeysResponse(stored) };
}
