import type { Connection, HostKey } from "../../sdk/index.ts";

/** What a terminal needs to know of its connection. Moments are milliseconds of this machine's own clock. */
export interface Facts {
  readonly instanceId: string;
  readonly accountId: string;
  readonly region: string;
  readonly user: string;
  /** The host keys that Latchkey vouches for. `key` is `<type> <base64>`. */
  readonly hostKeys: readonly Pick<HostKey, "type" | "key" | "fingerprint">[];
  readonly keyExpiresAt: number;
  readonly urlExpiresAt: number;
  readonly maxTunnelSeconds: number;
  /** Set when the tunnel is open. */
  readonly tunnelEndsAt?: number | undefined;
  readonly accessExpiresAt?: number | undefined;
}

/**
 * @param receivedAt when the response came, by this machine's clock. That clock may be wrong, so each moment is moved by what it differs from the server's.
 */
export function factsOf(connection: Connection, receivedAt: number): Facts {
  const { serverTime, tunnel, accessExpiresAt } = connection;
  const ahead = receivedAt - Date.parse(serverTime);
  const local = (moment: string) => Date.parse(moment) + ahead;
  return {
    instanceId: connection.instanceId,
    accountId: connection.accountId,
    region: connection.region,
    user: connection.user,
    hostKeys: connection.hostKeys,
    keyExpiresAt: local(connection.expiresAt),
    urlExpiresAt: local(tunnel?.expiresAt ?? connection.expiresAt),
    maxTunnelSeconds: tunnel?.maxDurationSeconds ?? 0,
    accessExpiresAt: accessExpiresAt === undefined ? undefined : local(accessExpiresAt),
  };
}

/** Which instance this is, for what is remembered of it. Ids are unique in an account and region only. */
export const placeOf = ({ accountId, region, instanceId }: Facts): string => `${accountId}/${region}/${instanceId}`;
