import * as z from "zod";

const tcp = { FromPort: z.number().optional(), ToPort: z.number().optional() };

const permission = z.object({
  IpProtocol: z.string(),
  ...tcp,
  IpRanges: z.array(z.object({ CidrIp: z.string() })).default([]),
  Ipv6Ranges: z.array(z.object({ CidrIpv6: z.string() })).default([]),
  UserIdGroupPairs: z.array(z.object({ GroupId: z.string(), UserId: z.string().optional() })).default([]),
  PrefixListIds: z.array(z.object({ PrefixListId: z.string() })).default([]),
});

const securityGroup = z.object({
  GroupId: z.string(),
  VpcId: z.string().optional(),
  IpPermissions: z.array(permission).default([]),
  IpPermissionsEgress: z.array(permission).default([]),
});

const networkAcl = z.object({
  NetworkAclId: z.string(),
  VpcId: z.string().optional(),
  Associations: z.array(z.object({ SubnetId: z.string() })).default([]),
  Entries: z
    .array(
      z.object({
        RuleNumber: z.number(),
        Egress: z.boolean(),
        Protocol: z.string(),
        RuleAction: z.enum(["allow", "deny"]),
        CidrBlock: z.string().optional(),
        Ipv6CidrBlock: z.string().optional(),
        PortRange: z.object({ From: z.number(), To: z.number() }).optional(),
      }),
    )
    .default([]),
});

const routeTable = z.object({
  RouteTableId: z.string(),
  VpcId: z.string(),
  Associations: z.array(z.object({ Main: z.boolean().default(false), SubnetId: z.string().optional() })).default([]),
  Routes: z
    .array(
      z.object({
        DestinationCidrBlock: z.string().optional(),
        DestinationIpv6CidrBlock: z.string().optional(),
        DestinationPrefixListId: z.string().optional(),
        GatewayId: z.string().optional(),
        NatGatewayId: z.string().optional(),
        EgressOnlyInternetGatewayId: z.string().optional(),
        TransitGatewayId: z.string().optional(),
        VpcPeeringConnectionId: z.string().optional(),
        NetworkInterfaceId: z.string().optional(),
        State: z.string().default("active"),
      }),
    )
    .default([]),
});

const subnet = z.object({
  SubnetId: z.string(),
  VpcId: z.string().optional(),
  OwnerId: z.string().optional(),
  CidrBlock: z.string().optional(),
  Ipv6CidrBlockAssociationSet: z.array(z.object({ Ipv6CidrBlock: z.string() })).default([]),
  OutpostArn: z.string().optional(),
});

const prefixList = z.object({ PrefixListId: z.string(), Entries: z.array(z.object({ Cidr: z.string() })) });

/**
 * The output of `aws ec2 describe-security-groups`, `describe-network-acls`, `describe-route-tables` and `describe-subnets`;
 * and of `get-managed-prefix-list-entries`, each beside the id of its list.
 */
export const networkFile = z.object({
  SecurityGroups: z.array(securityGroup).default([]),
  NetworkAcls: z.array(networkAcl).default([]),
  RouteTables: z.array(routeTable).default([]),
  Subnets: z.array(subnet).default([]),
  PrefixLists: z.array(prefixList).default([]),
});

export type FleetNetwork = z.infer<typeof networkFile>;
