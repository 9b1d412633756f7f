import {
  type EC2Client,
  type Ec2InstanceConnectEndpoint,
  paginateDescribeInstanceConnectEndpoints,
} from "@aws-sdk/client-ec2";
import type { NetworkReader } from "../../resolve/ports.ts";
import type { Endpoint } from "../../shared/instance.ts";
import { awsProblem } from "../faults.ts";

/** Milliseconds: endpoints change rarely, and the whole account shares one quota of describe calls. */
const cacheTime = 60_000;

/**
 * Reads the region's Instance Connect Endpoints, in every VPC, since the instance's VPC is not known yet. They are cached for a
 * minute. Rejects with Problem of `awsProblem`.
 *
 * @param prefersDualStack whether to take an endpoint's dual-stack names. One that has names of one kind only goes by these.
 */
export function endpointReader(
  ec2: EC2Client,
  clock: () => Date,
  { prefersDualStack = false } = {},
): Pick<NetworkReader, "describeEndpoints"> {
  let cached: { readonly endpoints: readonly Endpoint[]; readonly until: number } | undefined;
  return {
    async describeEndpoints(signal) {
      const now = clock().getTime();
      if (cached && now < cached.until) return cached.endpoints;
      const endpoints: Endpoint[] = [];
      try {
        const pages = paginateDescribeInstanceConnectEndpoints({ client: ec2 }, {}, { abortSignal: signal });
        for await (const { InstanceConnectEndpoints = [] } of pages) {
          endpoints.push(...InstanceConnectEndpoints.map((each) => readEndpoint(each, prefersDualStack)));
        }
      } catch (error) {
        throw awsProblem(error, signal);
      }
      cached = { endpoints, until: now + cacheTime };
      return endpoints;
    },
  };
}

function readEndpoint(endpoint: Ec2InstanceConnectEndpoint, prefersDualStack: boolean): Endpoint {
  const { PublicDnsNames: { Ipv4, Dualstack } = {} } = endpoint;
  const names = prefersDualStack ? [Dualstack, endpoint, Ipv4] : [endpoint, Ipv4, Dualstack];
  const dnsName = names.find((each) => each?.DnsName)?.DnsName;
  const fipsDnsName = names.find((each) => each?.FipsDnsName)?.FipsDnsName;
  return {
    endpointId: endpoint.InstanceConnectEndpointId ?? "",
    vpcId: endpoint.VpcId ?? "",
    subnetId: endpoint.SubnetId ?? "",
    state: endpoint.State ?? "",
    ipAddressType: endpoint.IpAddressType ?? "ipv4",
    ...(endpoint.SecurityGroupIds && { groupIds: endpoint.SecurityGroupIds }),
    ...(endpoint.PreserveClientIp && { preservesClientIp: true }),
    ...(dnsName && { dnsName }),
    ...(fipsDnsName && { fipsDnsName }),
  };
}
