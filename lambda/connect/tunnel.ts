import type { Connection } from "../contract/connection.ts";
import type { Deadline } from "../http/deadline.ts";
import type { ConnectPorts, ConnectSettings } from "./ports.ts";
import type { Route } from "./resolve.ts";
import { tunnelSession, tunnelUrlLife } from "./session-policy.ts";
import { secondsAfter, wholeSeconds } from "./time.ts";

/**
 * The tunnel of a route through an endpoint: a URL that is good for sixty seconds and for this address, port, endpoint and
 * duration alone. Credentials that can do no more sign it.
 *
 * @param maxDurationSeconds what the caller asks for; the stack's bound holds too.
 * @throws Problem as the push role's credentials do.
 */
export async function openTunnel(
  ports: ConnectPorts,
  { place, tunnelOrigin, maxTunnelSeconds }: ConnectSettings,
  subject: string,
  { host, port, endpoint }: Extract<Route, { connectionType: "eice" }>,
  maxDurationSeconds: number,
  deadline: Deadline,
): Promise<NonNullable<Connection["tunnel"]>> {
  const maxDuration = Math.min(maxDurationSeconds, maxTunnelSeconds);
  const target = { endpointId: endpoint.endpointId, address: host, port, maxDuration };
  // It is signed before the deadline, so the session outlives the URL.
  const until = secondsAfter(deadline.at, tunnelUrlLife);
  const credentials = await ports.assumePushRole(subject, tunnelSession(place, target, until), deadline.signal);
  const origin = tunnelOrigin ?? `wss://${endpoint.dnsName}`;
  // A signature's date has no fractions of a second.
  const signedAt = wholeSeconds(ports.clock());
  return {
    url: await ports.presignTunnelUrl(credentials, { origin, region: place.region, ...target }, signedAt),
    expiresAt: secondsAfter(signedAt, tunnelUrlLife).toISOString(),
    maxDurationSeconds: maxDuration,
    endpointId: endpoint.endpointId,
  };
}
