import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { type TunnelTarget, tunnelUrlLife } from "../../connect/session-policy.ts";
import type { SessionCredentials } from "../sts/push-role.ts";

export interface TunnelUrlRequest extends Omit<TunnelTarget, "maxDuration"> {
  /** Seconds. Left out: the endpoint's own bound, an hour. */
  readonly maxDuration?: number;
  /** Where tunnels are opened: `wss://<the endpoint's DNS name>`. */
  readonly origin: string;
  readonly region: string;
}

/**
 * The URL of a tunnel through an Instance Connect Endpoint: `openTunnel`, signed in the query as AWS's own CLI signs it.
 * Whoever holds it can open the tunnel for the next sixty seconds, so it goes to the caller and nowhere else.
 */
export async function presignTunnelUrl(
  credentials: Omit<SessionCredentials, "sessionToken"> & { readonly sessionToken?: string },
  { origin, region, endpointId, address, port, maxDuration }: TunnelUrlRequest,
  now: Date,
): Promise<string> {
  const { protocol, host } = new URL(origin);
  const signer = new SignatureV4({
    credentials,
    region,
    service: "ec2-instance-connect",
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = {
    method: "GET",
    protocol,
    hostname: host,
    path: "/openTunnel",
    query: {
      instanceConnectEndpointId: endpointId,
      remotePort: String(port),
      privateIpAddress: address,
      ...(maxDuration !== undefined && { maxTunnelDuration: String(maxDuration) }),
    },
    headers: { host },
  };
  const { query = {} } = await signer.presign(request, { signingDate: now, expiresIn: tunnelUrlLife });
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${protocol}//${host}/openTunnel?${search.join("&")}`;
}
