import type { Connection } from "../contract/connection.ts";
import type { Deadline } from "../http/deadline.ts";
import type { ConnectPorts, ConnectSettings } from "./ports.ts";
import type { Route } from "./resolve.ts";
import { tunnelSession, tunnelUrlLife } from "./session-policy.ts";
import { earlier, secondsAfter, wholeSeconds } from "./time.ts";

/** How long a tunnel may stay open. */
export interface TunnelBounds {
  /** What the caller asks for, in seconds; the stack's bound holds too. */
  readonly maxTunnelSeconds: number;
  /** When the access ends that carries the connection, where one does: no tunnel is opened later. */
  readonly accessExpiresAt?: Date | undefined;
}

/**
 * The tunnel of a route through an endpoint: a URL that is good for sixty seconds and for this address, port, endpoint and
 * duration alone. Credentials that can do no more sign it.
 *
 * @throws Problem as the push role's credentials do.
 */
export async function openTunnel(
  ports: ConnectPorts,
  { place, tunnelOrigin, maxTunnelSeconds }: ConnectSettings,
  subject: string,
  { host, port, endpoint }: Extract<Route, { connectionType: "eice" }>,
  bounds: TunnelBounds,
  deadline: Deadline,
): Promise<NonNullable<Connection["tunnel"]>> {
  const maxDuration = Math.min(bounds.maxTunnelSeconds, maxTunnelSeconds, secondsLeft(bounds, ports.clock()));
  const notPastAccess = (moment: Date) => (bounds.accessExpiresAt ? earlier(moment, bounds.accessExpiresAt) : moment);
  const target = { endpointId: endpoint.endpointId, address: host, port, maxDuration };
  // It is signed before the deadline, so the session outlives the URL.
  const until = notPastAccess(secondsAfter(deadline.at, tunnelUrlLife));
  const credentials = await ports.assumePushRole(subject, tunnelSession(place, target, until), deadline.signal);
  const origin = tunnelOrigin ?? `wss://${endpoint.dnsName}`;
  // A signature's date has no fractions of a second.
  const signedAt = wholeSeconds(ports.clock());
  return {
    url: await ports.presignTunnelUrl(credentials, { origin, region: place.region, ...target }, signedAt),
    expiresAt: notPastAccess(secondsAfter(signedAt, tunnelUrlLife)).toISOString(),
    maxDurationSeconds: maxDuration,
    endpointId: endpoint.endpointId,
  };
}

/** Of the access. AWS takes no less than one, and the session's end is what then counts. */
function secondsLeft({ accessExpiresAt }: TunnelBounds, now: Date): number {
  if (!accessExpiresAt) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor((accessExpiresAt.getTime() - now.getTime()) / 1000));
}
