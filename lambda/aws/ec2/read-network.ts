import type * as ec2 from "@aws-sdk/client-ec2";
import type {
  AclEntry,
  GroupRule,
  NetworkAcl,
  NetworkInterface,
  Route,
  RouteTable,
  SecurityGroup,
  Subnet,
} from "../../reachability/network.ts";

type Found<T> = readonly (T | undefined)[];

const present = <T>(values: Found<T> = []): T[] => values.filter((each) => each !== undefined);

export function readInterface({
  SubnetId = "",
  Groups = [],
  PrivateIpAddresses = [],
  Ipv6Addresses = [],
}: ec2.NetworkInterface): NetworkInterface {
  return {
    subnetId: SubnetId,
    groupIds: present(Groups.map(({ GroupId }) => GroupId)),
    addresses: present([
      ...PrivateIpAddresses.flatMap(({ PrivateIpAddress, Association }) => [PrivateIpAddress, Association?.PublicIp]),
      ...Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address),
    ]),
  };
}

export function readGroup({ GroupId = "", IpPermissions, IpPermissionsEgress }: ec2.SecurityGroup): SecurityGroup {
  return {
    groupId: GroupId,
    ingress: (IpPermissions ?? []).map(readPermission),
    egress: (IpPermissionsEgress ?? []).map(readPermission),
  };
}

function readPermission(permission: ec2.IpPermission): GroupRule {
  const { IpProtocol = "", IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] } = permission;
  return {
    protocol: IpProtocol,
    ports: portsOf({ From: permission.FromPort, To: permission.ToPort }),
    cidrs: present([...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)]),
    groupIds: present(UserIdGroupPairs.map(({ GroupId }) => GroupId)),
    prefixListIds: present(PrefixListIds.map(({ PrefixListId }) => PrefixListId)),
  };
}

export function readAcl({ NetworkAclId = "", Associations = [], Entries = [] }: ec2.NetworkAcl): NetworkAcl {
  return {
    aclId: NetworkAclId,
    subnetIds: present(Associations.map(({ SubnetId }) => SubnetId)),
    entries: Entries.map(
      ({
        RuleNumber = 0,
        Egress = false,
        Protocol = "",
        PortRange,
        CidrBlock,
        Ipv6CidrBlock,
        RuleAction,
      }): AclEntry => ({
        ruleNumber: RuleNumber,
        isEgress: Egress,
        protocol: Protocol,
        ports: portsOf(PortRange),
        cidr: CidrBlock ?? Ipv6CidrBlock ?? "",
        allows: RuleAction === "allow",
      }),
    ),
  };
}

export function readRouteTable(table: ec2.RouteTable): RouteTable {
  const { RouteTableId = "", VpcId = "", Associations = [], Routes = [] } = table;
  return {
    routeTableId: RouteTableId,
    vpcId: VpcId,
    isMain: Associations.some(({ Main }) => Main),
    subnetIds: present(Associations.map(({ SubnetId }) => SubnetId)),
    routes: Routes.map(readRoute),
  };
}

function readRoute(route: ec2.Route): Route {
  const targets = [
    route.GatewayId,
    route.NatGatewayId,
    route.EgressOnlyInternetGatewayId,
    route.TransitGatewayId,
    route.VpcPeeringConnectionId,
    route.NetworkInterfaceId,
    route.LocalGatewayId,
    route.CarrierGatewayId,
    route.CoreNetworkArn,
  ];
  return {
    cidr: route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock,
    prefixListId: route.DestinationPrefixListId,
    target: present(targets)[0] ?? "",
    isActive: route.State !== "blackhole",
    isPropagated: route.Origin === "EnableVgwRoutePropagation",
  };
}

export function readSubnet(subnet: ec2.Subnet): Subnet {
  const { SubnetId = "", OwnerId = "", CidrBlock, Ipv6CidrBlockAssociationSet = [], OutpostArn } = subnet;
  return {
    subnetId: SubnetId,
    ownerId: OwnerId,
    cidrs: present([CidrBlock, ...Ipv6CidrBlockAssociationSet.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)]),
    outpostArn: OutpostArn,
  };
}

/** EC2 leaves ports out, or gives -1, for all of them. */
function portsOf({ From, To }: { From?: number | undefined; To?: number | undefined } = {}) {
  return From === undefined || To === undefined || From < 0 ? undefined : { first: From, last: To };
}
