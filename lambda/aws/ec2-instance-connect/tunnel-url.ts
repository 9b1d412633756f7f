import type { TunnelUrlRequest } from "../../connect/ports.ts";
import { tunnelUrlLife } from "../../connect/session-policy.ts";
import { presignedUrl, type SessionKeys } from "../sigv4.ts";

/**
 * The URL of a tunnel through an Instance Connect Endpoint: `openTunnel`, signed in the query as the AWS CLI signs it.
 * It can open the tunnel for the next 60 seconds, so it goes to the caller and nowhere else.
 */
export function presignTunnelUrl(
  { region, credentials }: { readonly region: string; readonly credentials: SessionKeys },
  { origin, endpointId, address, port, maxDuration }: Omit<TunnelUrlRequest, "maxDuration"> & { maxDuration?: number },
  now: Date,
): string {
  const query = {
    instanceConnectEndpointId: endpointId,
    remotePort: String(port),
    privateIpAddress: address,
    ...(maxDuration !== undefined && { maxTunnelDuration: String(maxDuration) }),
  };
  const scope = { region, service: "ec2-instance-connect" };
  return presignedUrl({ origin, path: "/openTunnel", query, expiresIn: tunnelUrlLife }, credentials, scope, now);
}
