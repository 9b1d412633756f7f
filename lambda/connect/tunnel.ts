import type { Connection } from "../../contract/connection.ts";
import { earlier, secondsAfter, wholeSeconds } from "../shared/time.ts";
import type { Decided } from "./assess.ts";
import type { ConnectCall } from "./ports.ts";
import { tunnelSession, tunnelUrlLife } from "./session-policy.ts";

/**
 * The tunnel of a connection that may be made: a URL that is valid for 60 seconds at most, for this address, port, endpoint and
 * duration only. Credentials that permit nothing else sign it. No tunnel is open after the access has ended under which the
 * connection is made.
 *
 * @returns undefined if the connection does not go through an endpoint.
 * @throws Problem as `assumePushRole`.
 */
export async function presignTunnel(
  { ports, settings, input, context }: ConnectCall,
  { route, access }: Pick<Decided, "route" | "access">,
): Promise<Connection["tunnel"]> {
  if (route.connectionType !== "eice") return undefined;
  const { host, port, endpoint } = route;
  const { clock, deadline } = context;
  const wanted = Math.min(input.maxTunnelSeconds, settings.maxTunnelSeconds);
  const { maxDuration, openBy } = tunnelTimes(wanted, access && new Date(access.expiresAt), clock());
  const destination = { endpointId: endpoint.endpointId, address: host, port, maxDuration };
  // It is signed before the deadline, so the session outlives the URL, unless the access ends earlier.
  const usual = secondsAfter(deadline.at, tunnelUrlLife);
  const until = openBy ? earlier(usual, openBy) : usual;
  const session = tunnelSession(settings.target, destination, until);
  const credentials = await ports.pushRole.assumePushRole(input.caller.id, session, deadline.signal);
  const origin = settings.tunnelOrigin ?? `wss://${endpoint.dnsName}`;
  // A signature's date has no fractions of a second.
  const signedAt = wholeSeconds(clock());
  return {
    url: await ports.keys.presignTunnelUrl(credentials, { origin, ...destination }, signedAt),
    expiresAt: earlier(secondsAfter(signedAt, tunnelUrlLife), until).toISOString(),
    maxDurationSeconds: maxDuration,
    endpointId: endpoint.endpointId,
  };
}

/**
 * Divides the rest of the access into time to open the tunnel and time to use it. AWS counts a tunnel's duration from its
 * opening, which may be as late as the URL's expiry. So half of the rest is kept for the opening, but no more than a URL's life.
 *
 * @param wanted seconds.
 * @param accessExpiresAt undefined if no access bounds the tunnel.
 * @returns `maxDuration` in whole seconds, at least 1 as AWS requires; and the last moment at which the tunnel can be opened so
 *   that it ends with the access.
 */
export function tunnelTimes(
  wanted: number,
  accessExpiresAt: Date | undefined,
  now: Date,
): { readonly maxDuration: number; readonly openBy?: Date } {
  if (!accessExpiresAt) return { maxDuration: wanted };
  const left = Math.floor((accessExpiresAt.getTime() - now.getTime()) / 1000);
  const toOpen = Math.min(tunnelUrlLife, Math.floor(left / 2));
  const maxDuration = Math.min(wanted, Math.max(1, left - toOpen));
  return { maxDuration, openBy: secondsAfter(accessExpiresAt, -maxDuration) };
}
