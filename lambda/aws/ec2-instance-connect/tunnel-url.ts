import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { TunnelUrlRequest } from "../../connect/ports.ts";
import { tunnelUrlLife } from "../../connect/session-policy.ts";
import type { SessionKeys } from "../direct-calls.ts";

/**
 * The URL of a tunnel through an Instance Connect Endpoint: `openTunnel`, signed in the query as the AWS CLI signs it.
 * It can open the tunnel for the next 60 seconds, so it goes to the caller and nowhere else.
 */
export async function presignTunnelUrl(
  { region, credentials }: { readonly region: string; readonly credentials: SessionKeys },
  { origin, endpointId, address, port, maxDuration }: Omit<TunnelUrlRequest, "maxDuration"> & { maxDuration?: number },
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
