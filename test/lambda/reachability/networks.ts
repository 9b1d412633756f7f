import type { GroupRule, Network } from "../../../lambda/reachability/network.ts";
import type { Endpoint, Instance } from "../../../lambda/shared/instance.ts";

type Open<T> =
  T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends object ? { -readonly [K in keyof T]: Open<T[K]> } : T;

/** All that a row of the table may change. */
export interface World {
  instance: Open<Instance>;
  endpoint: Open<Endpoint> | undefined;
  network: Open<{ [K in keyof Network]-?: NonNullable<Network[K]> }>;
  imageName: string | undefined;
  sourceIp: string | undefined;
}

export const instanceGroup = "sg-00000000000000001";
export const endpointGroup = "sg-00000000000000002";
export const clientIp = "198.51.100.7";

/** A rule for SSH, from these peers. */
export const ssh = (peers: Partial<GroupRule>): Open<GroupRule> =>
  ({ ...noPeers, protocol: "tcp", ports: { first: 22, last: 22 }, ...peers }) as Open<GroupRule>;

const noPeers = { cidrs: [], groupIds: [], prefixListIds: [] };
const everything = { ...noPeers, protocol: "-1", cidrs: ["0.0.0.0/0", "::/0"] };

/** The entries of a VPC's default network ACL. */
export const defaultEntries = () =>
  [false, true].flatMap((isEgress) =>
    ["0.0.0.0/0", "::/0"].flatMap((cidr, index) => [
      { ruleNumber: 100 + index, isEgress, protocol: "-1", cidr, allows: true },
      { ruleNumber: 32_767 + index, isEgress, protocol: "-1", cidr, allows: false },
    ]),
  );

/**
 * A network in which everything passes: an instance with all kinds of addresses in a public subnet, and an endpoint in another
 * subnet of the VPC.
 */
export function openWorld(): World {
  return {
    instance: {
      instanceId: "i-0123456789abcdef0",
      accountId: "111122223333",
      region: "us-east-1",
      availabilityZone: "us-east-1a",
      state: "running",
      vpcId: "vpc-00000000000000001",
      subnetId: "subnet-00000000000000001",
      imageId: "ami-0123456789abcdef0",
      tags: {},
      publicIpAddress: "203.0.113.10",
      privateIpAddress: "10.0.1.10",
      ipv6Address: "2001:db8:0:1::10",
      addresses: [],
    },
    endpoint: {
      endpointId: "eice-00000000000000001",
      vpcId: "vpc-00000000000000001",
      subnetId: "subnet-00000000000000002",
      state: "create-complete",
      dnsName: "eice.example",
      ipAddressType: "dualstack",
      groupIds: [endpointGroup],
    },
    network: {
      interfaces: [
        {
          subnetId: "subnet-00000000000000001",
          groupIds: [instanceGroup],
          addresses: ["10.0.1.10", "203.0.113.10", "2001:db8:0:1::10"],
        },
      ],
      subnets: [
        { subnetId: "subnet-00000000000000001", ownerId: "111122223333", cidrs: ["10.0.1.0/24", "2001:db8:0:1::/64"] },
        { subnetId: "subnet-00000000000000002", ownerId: "111122223333", cidrs: ["10.0.2.0/24", "2001:db8:0:2::/64"] },
      ],
      groups: [
        {
          groupId: instanceGroup,
          ingress: [ssh({ cidrs: ["198.51.100.0/24", "2001:db8:ffff::/48"], groupIds: [endpointGroup] })],
          egress: [everything],
        },
        { groupId: endpointGroup, ingress: [], egress: [everything] },
      ],
      acls: [
        { aclId: "acl-00000000000000001", subnetIds: ["subnet-00000000000000001"], entries: defaultEntries() },
        { aclId: "acl-00000000000000002", subnetIds: ["subnet-00000000000000002"], entries: defaultEntries() },
      ],
      routeTables: [
        {
          routeTableId: "rtb-00000000000000001",
          vpcId: "vpc-00000000000000001",
          isMain: true,
          subnetIds: [],
          routes: [
            { cidr: "10.0.0.0/16", target: "local", isActive: true },
            { cidr: "2001:db8::/56", target: "local", isActive: true },
            { cidr: "0.0.0.0/0", target: "igw-00000000000000001", isActive: true },
            { cidr: "::/0", target: "igw-00000000000000001", isActive: true },
          ],
        },
      ],
      prefixLists: new Map(),
    },
    imageName: "al2023-ami-2023.9.20251020.0-kernel-6.1-arm64",
    sourceIp: clientIp,
  };
}
