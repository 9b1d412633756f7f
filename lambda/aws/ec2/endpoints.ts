import { type Ec2InstanceConnectEndpoint, paginateDescribeInstanceConnectEndpoints } from "@aws-sdk/client-ec2";
import type { Endpoint } from "../../shared/instance.ts";
import { awsProblem } from "../faults.ts";
import { ec2 } from "./instances.ts";

/** Milliseconds: endpoints come and go rarely, and describe calls draw on a budget that the whole account shares. */
const cacheTime = 60_000;

let cached: { readonly endpoints: readonly Endpoint[]; readonly until: number } | undefined;

/**
 * The region's Instance Connect Endpoints, those of every VPC: the instance's own VPC is not known yet when they are asked
 * for. Kept for a minute.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function describeEndpoints(now: Date, signal: AbortSignal): Promise<readonly Endpoint[]> {
  if (cached && now.getTime() < cached.until) return cached.endpoints;
  const endpoints: Endpoint[] = [];
  try {
    for await (const page of paginateDescribeInstanceConnectEndpoints({ client: ec2 }, {}, { abortSignal: signal })) {
      endpoints.push(...(page.InstanceConnectEndpoints ?? []).map(readEndpoint));
    }
  } catch (error) {
    throw awsProblem(error, signal);
  }
  cached = { endpoints, until: now.getTime() + cacheTime };
  return endpoints;
}

function readEndpoint(endpoint: Ec2InstanceConnectEndpoint): Endpoint {
  return {
    endpointId: endpoint.InstanceConnectEndpointId ?? "",
    vpcId: endpoint.VpcId ?? "",
    subnetId: endpoint.SubnetId ?? "",
    state: endpoint.State ?? "",
    ipAddressType: endpoint.IpAddressType ?? "ipv4",
    ...(endpoint.DnsName && { dnsName: endpoint.DnsName }),
    ...(endpoint.FipsDnsName && { fipsDnsName: endpoint.FipsDnsName }),
  };
}
