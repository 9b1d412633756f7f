import type { Connection } from "../../contract/connection.ts";
import type { NetworkRoute } from "../resolve/resolve.ts";
import type { Deadline } from "../shared/deadline.ts";
import { earlier, secondsAfter, wholeSeconds } from "../shared/time.ts";
import type { Decided } from "./assess.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { tunnelSession, tunnelUrlLife } from "./session-policy.ts";

/** How long a tunnel may stay open. */
export interface TunnelBounds {
  /** What the caller asks for, in seconds; the stack's bound holds too. */
  readonly maxTunnelSeconds: number;
  /** When the access ends that carries the connection, where one does: no tunnel is open later. */
  readonly accessExpiresAt?: Date | undefined;
}

/**
 * The tunnel of a connection that may be made, for no longer than the access that carries it.
 *
 * @returns undefined where the connection is direct.
 * @throws Problem as `presignTunnel`.
 */
export async function tunnelOf(
  ports: ConnectPorts,
  settings: ConnectSettings,
  { caller, body, deadline }: CreateConnection,
  { route, access }: Decided,
): Promise<Connection["tunnel"]> {
  if (route.connectionType !== "eice") return undefined;
  const bounds = { maxTunnelSeconds: body.maxTunnelSeconds, accessExpiresAt: access && new Date(access.expiresAt) };
  return presignTunnel(ports, settings, caller.id, route, bounds, deadline);
}

/**
 * The tunnel of a route through an endpoint: a URL that is good for sixty seconds at most, and for this address, port, endpoint
 * and duration alone. Credentials that can do no more sign it.
 *
 * @throws Problem as the push role's credentials do.
 */
export async function presignTunnel(
  ports: ConnectPorts,
  { place, tunnelOrigin, maxTunnelSeconds }: ConnectSettings,
  subject: string,
  { host, port, endpoint }: Extract<NetworkRoute, { connectionType: "eice" }>,
  bounds: TunnelBounds,
  deadline: Deadline,
): Promise<NonNullable<Connection["tunnel"]>> {
  const wanted = Math.min(bounds.maxTunnelSeconds, maxTunnelSeconds);
  const { maxDuration, openBy } = tunnelTimes(wanted, bounds.accessExpiresAt, ports.clock());
  const target = { endpointId: endpoint.endpointId, address: host, port, maxDuration };
  // It is signed before the deadline, so the session outlives the URL, but for one that the access ends.
  const usual = secondsAfter(deadline.at, tunnelUrlLife);
  const until = openBy ? earlier(usual, openBy) : usual;
  const credentials = await ports.assumePushRole(subject, tunnelSession(place, target, until), deadline.signal);
  const origin = tunnelOrigin ?? `wss://${endpoint.dnsName}`;
  // A signature's date has no fractions of a second.
  const signedAt = wholeSeconds(ports.clock());
  return {
    url: await ports.presignTunnelUrl(credentials, { origin, region: place.region, ...target }, signedAt),
    expiresAt: earlier(secondsAfter(signedAt, tunnelUrlLife), until).toISOString(),
    maxDurationSeconds: maxDuration,
    endpointId: endpoint.endpointId,
  };
}

/**
 * How a tunnel shares out what is left of the access. AWS counts its duration from its opening, and that may be as late as
 * the URL lives: so a part is kept for it, half of what is left, and no more than the life of a URL.
 *
 * @param wanted seconds.
 * @returns `maxDuration` in whole seconds, one at least, since AWS takes no less; and the last moment to open it, from
 *   which it ends with the access: none where there is no access to end.
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
