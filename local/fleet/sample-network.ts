import type * as z from "zod";
import type { networkFile } from "./network.ts";

/** A VPC with a public subnet and a private one, in which the endpoint is. */
export interface SampleVpc {
  readonly vpcId: string;
  readonly publicSubnet: string;
  readonly privateSubnet: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/** Security groups by what has them. */
export const sampleGroups = {
  public: "sg-0123456789abcdef0",
  private: "sg-0fedcba9876543210",
  /** Lets nobody in by SSH. */
  closed: "sg-0c1050d0000000000",
  endpoint: "sg-0e1ce000000000000",
} as const;

const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] };
const everything = { IpProtocol: "-1", ...anywhere };
const ssh = { IpProtocol: "tcp", FromPort: 22, ToPort: 22 };
const fromEndpoint = { ...ssh, UserIdGroupPairs: [{ GroupId: sampleGroups.endpoint }] };
/** Where the local sshds listen. */
const highPorts = { IpProtocol: "tcp", FromPort: 1024, ToPort: 65_535 };

/** Networks in which every sample instance can be reached by SSH but the closed one. */
export function sampleNetwork(vpc: SampleVpc, ownerId: string): z.input<typeof networkFile> {
  const { vpcId, publicSubnet, privateSubnet, publicCidr, privateCidr } = vpc;
  const group = (GroupId: string, ...IpPermissions: readonly object[]) => ({
    GroupId,
    VpcId: vpcId,
    IpPermissions: IpPermissions as (typeof everything)[],
    IpPermissionsEgress: [everything],
  });
  const entry = (RuleNumber: number, Egress: boolean, RuleAction: "allow" | "deny") => [
    { RuleNumber, Egress, RuleAction, Protocol: "-1", CidrBlock: "0.0.0.0/0" },
    { RuleNumber: RuleNumber + 1, Egress, RuleAction, Protocol: "-1", Ipv6CidrBlock: "::/0" },
  ];
  const toInternet = { DestinationIpv6CidrBlock: "::/0", GatewayId: "igw-0123456789abcdef0" };
  const local = [
    { DestinationCidrBlock: "10.0.0.0/8", GatewayId: "local" },
    { DestinationIpv6CidrBlock: "2001:db8::/56", GatewayId: "local" },
  ];
  return {
    SecurityGroups: [
      group(sampleGroups.public, { ...ssh, ...anywhere }, { ...highPorts, ...anywhere }, fromEndpoint),
      group(sampleGroups.private, { ...highPorts, ...anywhere }, fromEndpoint),
      group(sampleGroups.closed, { IpProtocol: "tcp", FromPort: 443, ToPort: 443, ...anywhere }),
      group(sampleGroups.endpoint),
    ],
    NetworkAcls: [
      {
        NetworkAclId: "acl-0123456789abcdef0",
        VpcId: vpcId,
        Associations: [{ SubnetId: publicSubnet }, { SubnetId: privateSubnet }],
        Entries: [false, true].flatMap((isEgress) => [
          ...entry(100, isEgress, "allow"),
          ...entry(32_767, isEgress, "deny"),
        ]),
      },
    ],
    RouteTables: [
      {
        RouteTableId: "rtb-0123456789abcdef0",
        VpcId: vpcId,
        Associations: [{ Main: false, SubnetId: publicSubnet }],
        Routes: [...local, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: toInternet.GatewayId }, toInternet],
      },
      {
        RouteTableId: "rtb-0fedcba9876543210",
        VpcId: vpcId,
        Associations: [{ Main: true }],
        Routes: [...local, { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-0123456789abcdef0" }, toInternet],
      },
    ],
    Subnets: [
      {
        SubnetId: publicSubnet,
        VpcId: vpcId,
        OwnerId: ownerId,
        CidrBlock: publicCidr,
        Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: "2001:db8:0:1::/64" }],
      },
      {
        SubnetId: privateSubnet,
        VpcId: vpcId,
        OwnerId: ownerId,
        CidrBlock: privateCidr,
        Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: "2001:db8:0:2::/64" }],
      },
    ],
  };
}
