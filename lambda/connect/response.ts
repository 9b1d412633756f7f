import type { Connection } from "../../contract/connection.ts";
import type { Pushed } from "../aws/ec2-instance-connect/push-key.ts";
import { hostKeysResponse } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { NetworkRoute } from "../resolve/resolve.ts";
import type { Decided } from "./assess.ts";
import type { IntendedConnection } from "./connection-state.ts";
import { keyExpiry } from "./key-expiry.ts";
import { sshClientOf } from "./ssh-client.ts";

/** What the caller gets of a key that has been pushed: all that the client needs to connect in time. */
export function answer(
  { connectionId, osUser, publicKeyFingerprint, requestId }: IntendedConnection,
  { instance, route, access }: Decided,
  { startedAt }: Pushed,
  tunnel: Connection["tunnel"],
  stored: readonly StoredHostKey[],
  now: Date,
): Connection {
  const { instanceId, accountId, region, availabilityZone } = instance;
  const { connectionType, host, port, dnsName } = route;
  const known = serverIdentity(route, instanceId, stored);
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
    ...(tunnel && { tunnel }),
    ssh: sshClientOf({ name: connectionType === "serial" ? osUser : instanceId, host, port, user: osUser, ...known }),
  };
}

/**
 * What the client is to know the server by. For a serial console there is AWS's word alone: the instance's own host keys are those
 * of another server.
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
