import type { ConnectionOption, ReachabilityCheck } from "../../contract/instance.ts";
import { isSameIpAddress } from "../resolve/ip-address.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { aclCheck, sameSubnet } from "./acl-checks.ts";
import { endpointCheck } from "./endpoint-check.ts";
import { endpointGroupsCheck, instanceGroupsCheck } from "./group-checks.ts";
import { instanceChecks } from "./instance-checks.ts";
import { readRange } from "./ip-range.ts";
import type { Network } from "./network.ts";
import { client, type OtherSide, throughEndpoint } from "./other-side.ts";
import { routeCheck } from "./route-check.ts";

/** All that the checks of an instance are decided by. */
export interface Surroundings {
  readonly instance: Instance;
  /** Of the target, in all VPCs. */
  readonly endpoints: readonly Endpoint[];
  readonly network: Network;
  /** Undefined if the image is not known. */
  readonly imageName: string | undefined;
  /** The address that the request came from. */
  readonly sourceIp: string | undefined;
  readonly fips: boolean;
}

/**
 * Why an instance can be reached by one of its connection options, or why not: the instance first, then what lies between.
 * What is not known passes nothing and fails nothing.
 */
export function checksOf(option: ConnectionOption, around: Surroundings): ReachabilityCheck[] {
  const { instance, endpoints, network, imageName, sourceIp, fips } = around;
  const own = instanceChecks(instance, imageName, network);
  const { connectionType, host, port, endpointId } = option;
  if (connectionType === "direct") {
    if (host === undefined || port === undefined) return own;
    const otherSide = client(host, sourceIp);
    return [...own, ...instanceSide(around, { host, port, otherSide }), ...routes(around, host, otherSide)];
  }
  const wanted = host ?? instance.privateIpAddress ?? instance.ipv6Address;
  if (wanted === undefined) return own;
  const present = endpointCheck(instance, endpoints, { host: wanted, network, fips });
  const endpoint = endpoints.find((each) => each.endpointId === endpointId);
  if (host === undefined || port === undefined || !endpoint) return [...own, present];
  return [...own, present, ...endpointSide(around, { endpoint, host, port })];
}

interface Reached {
  readonly host: string;
  readonly port: number;
}

function endpointSide(
  { instance, network, sourceIp }: Surroundings,
  { endpoint, host, port }: Reached & { readonly endpoint: Endpoint },
): ReachabilityCheck[] {
  const instanceInterface = interfaceOf(network, host);
  const subnetId = instanceInterface?.subnetId ?? instance.subnetId;
  const otherSide = throughEndpoint(endpoint, { host, sourceIp, network });
  const addresses = readRange(host);
  const acls =
    subnetId === endpoint.subnetId
      ? [sameSubnet("endpoint-network-acl", endpoint.subnetId)]
      : addresses
        ? [
            aclCheck(
              {
                check: "endpoint-network-acl",
                subnetId: endpoint.subnetId,
                opens: "outbound",
                addresses,
                from: host,
                port,
              },
              network,
            ),
            instanceAcl(subnetId, { otherSide, port }, network),
          ]
        : [];
  return [
    endpointGroupsCheck(endpoint, { host, port, instanceInterface, network }),
    ...acls,
    instanceGroupsCheck(instanceInterface, { otherSide, port, network }),
  ];
}

function instanceSide(
  { instance, network }: Surroundings,
  { host, port, otherSide }: Reached & { readonly otherSide: OtherSide },
): ReachabilityCheck[] {
  const instanceInterface = interfaceOf(network, host);
  return [
    instanceAcl(instanceInterface?.subnetId ?? instance.subnetId, { otherSide, port }, network),
    instanceGroupsCheck(instanceInterface, { otherSide, port, network }),
  ];
}

function instanceAcl(
  subnetId: string | undefined,
  { otherSide: { addresses, name }, port }: { readonly otherSide: OtherSide; readonly port: number },
  network: Network,
): ReachabilityCheck {
  return aclCheck({ check: "instance-network-acl", subnetId, opens: "inbound", addresses, from: name, port }, network);
}

function routes({ instance, network }: Surroundings, host: string, otherSide: OtherSide): ReachabilityCheck[] {
  const subnetId = interfaceOf(network, host)?.subnetId ?? instance.subnetId;
  return [routeCheck({ vpcId: instance.vpcId, subnetId }, { host, otherSide, network })];
}

const interfaceOf = ({ interfaces }: Network, host: string) =>
  interfaces?.find(({ addresses }) => addresses.some((each) => isSameIpAddress(each, host)));
