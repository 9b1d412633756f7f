import { isIPv4, isIPv6 } from "node:net";
import type { Endpoint } from "../shared/instance.ts";
import { anyAddress, type IpRange, isPrivate, readRange } from "./ip-range.ts";
import type { Network } from "./network.ts";

/** Who opens the connection to the instance, as its network sees it. */
export interface OtherSide {
  /** Where its packets may come from: one address if it is known. */
  readonly addresses: IpRange;
  /** Its security groups; undefined if they are not known. */
  readonly groupIds?: readonly string[] | undefined;
  /** It, as in "from …". */
  readonly name: string;
  /** It, as the source of a rule. */
  readonly source: string;
}

/**
 * A client that dials the instance's own address.
 *
 * @param sourceIp the address that the request came from. A client reaches a private address from a private one, which is
 * known only if the request came from it too.
 */
export function client(host: string, sourceIp: string | undefined): OtherSide {
  const version = isIPv6(host) ? 6 : 4;
  const toPrivate = isIPv4(host) && isPrivate(host);
  const seen = sourceIp !== undefined && toPrivate === isPrivate(sourceIp) ? readRange(sourceIp) : undefined;
  const isSeen = seen?.version === version;
  return {
    addresses: isSeen ? seen : anyAddress(version),
    // Rules that name a group mean private addresses of its members.
    groupIds: version === 4 && !toPrivate ? [] : undefined,
    name: isSeen ? `your address ${sourceIp}` : "the address that you connect from",
    source: isSeen ? `${sourceIp}/${version === 4 ? 32 : 128}` : "the address that you connect from",
  };
}

/**
 * An Instance Connect Endpoint. The instance sees the address of its network interface, or with `preserveClientIp` the client's.
 * Rules that name its groups hold in both cases (EC2 User Guide, "Security groups for EC2 Instance Connect Endpoint").
 */
export function throughEndpoint(
  endpoint: Endpoint,
  {
    host,
    sourceIp,
    network,
  }: { readonly host: string; readonly sourceIp: string | undefined; readonly network: Network },
): OtherSide {
  const { groupIds } = endpoint;
  const version = isIPv6(host) ? 6 : 4;
  if (endpoint.preservesClientIp) {
    const seen = sourceIp !== undefined && isIPv4(sourceIp) ? readRange(sourceIp) : undefined;
    return {
      addresses: seen ?? anyAddress(version),
      groupIds,
      name: `${endpoint.endpointId}, which keeps ${seen ? `your address ${sourceIp}` : "the address that you connect from"}`,
      source: groupOr(groupIds, seen ? `${sourceIp}/32` : "the address that you connect from"),
    };
  }
  const subnet = network.subnets?.find(({ subnetId }) => subnetId === endpoint.subnetId);
  const range = subnet?.cidrs.map(readRange).find((each) => each?.version === version);
  return {
    addresses: range ?? anyAddress(version),
    groupIds,
    name: endpoint.endpointId,
    source: groupOr(groupIds, `the addresses of ${endpoint.subnetId}`),
  };
}

const groupOr = (groupIds: readonly string[] | undefined, source: string) => groupIds?.[0] ?? source;
