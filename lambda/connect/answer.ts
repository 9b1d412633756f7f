import type { IntendedConnection } from "../audit/connection-trail.ts";
import type { Pushed } from "../aws/push-key.ts";
import type { Connection } from "../contract/connection.ts";
import type { Decided } from "./decide.ts";
import { readHostKey, type StoredHostKey } from "./host-keys.ts";
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
  const hostKeys = stored.map(readHostKey);
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
    hostKeyAlias: instanceId,
    hostKeys,
    ...(tunnel && { tunnel }),
    ssh: sshClientOf({ instanceId, host, port, user: osUser, hostKeys }),
  };
}
