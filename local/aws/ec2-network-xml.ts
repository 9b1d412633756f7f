import type { FleetInstance } from "../fleet/fleet.ts";
import type { FleetNetwork } from "../fleet/network.ts";
import type { XmlValue } from "./query-protocol.ts";

type One<Name extends keyof FleetNetwork> = FleetNetwork[Name][number];

/** The network interfaces of an instance. None if the fleet does not say which security groups they have. */
export function interfacesXml(instance: FleetInstance): XmlValue[] {
  const { NetworkInterfaces, SecurityGroups, SubnetId, PrivateIpAddress, PublicIpAddress, Ipv6Address } = instance;
  const primary = {
    PrivateIpAddresses: [{ PrivateIpAddress, Association: { PublicIp: PublicIpAddress } }],
    Ipv6Addresses: Ipv6Address ? [{ Ipv6Address }] : [],
  };
  // The fleet's file may leave out what an interface has in common with its instance.
  const described = NetworkInterfaces.filter(({ Groups }) => Groups);
  const interfaces = described.length > 0 ? described : SecurityGroups ? [{ ...primary, Groups: SecurityGroups }] : [];
  return interfaces.map(({ Groups = [], PrivateIpAddresses, Ipv6Addresses, ...own }) => ({
    subnetId: ("SubnetId" in own ? own.SubnetId : undefined) ?? SubnetId,
    groupSet: Groups.map(({ GroupId }) => ({ groupId: GroupId })),
    privateIpAddressesSet: PrivateIpAddresses.map(({ PrivateIpAddress: address, Association }) => ({
      privateIpAddress: address,
      association: Association?.PublicIp === undefined ? undefined : { publicIp: Association.PublicIp },
    })),
    ipv6AddressesSet: Ipv6Addresses.map(({ Ipv6Address: address }) => ({ ipv6Address: address })),
  }));
}

export function groupXml({ GroupId, VpcId, IpPermissions, IpPermissionsEgress }: One<"SecurityGroups">): XmlValue {
  const permission = (each: One<"SecurityGroups">["IpPermissions"][number]): XmlValue => ({
    ipProtocol: each.IpProtocol,
    fromPort: each.FromPort,
    toPort: each.ToPort,
    ipRanges: each.IpRanges.map(({ CidrIp }) => ({ cidrIp: CidrIp })),
    ipv6Ranges: each.Ipv6Ranges.map(({ CidrIpv6 }) => ({ cidrIpv6: CidrIpv6 })),
    groups: each.UserIdGroupPairs.map((pair) => ({ groupId: pair.GroupId, userId: pair.UserId })),
    prefixListIds: each.PrefixListIds.map(({ PrefixListId }) => ({ prefixListId: PrefixListId })),
  });
  return {
    groupId: GroupId,
    vpcId: VpcId,
    ipPermissions: IpPermissions.map(permission),
    ipPermissionsEgress: IpPermissionsEgress.map(permission),
  };
}

export function aclXml({ NetworkAclId, VpcId, Associations, Entries }: One<"NetworkAcls">): XmlValue {
  return {
    networkAclId: NetworkAclId,
    vpcId: VpcId,
    associationSet: Associations.map(({ SubnetId }) => ({ subnetId: SubnetId })),
    entrySet: Entries.map((each) => ({
      ruleNumber: each.RuleNumber,
      egress: each.Egress,
      protocol: each.Protocol,
      ruleAction: each.RuleAction,
      cidrBlock: each.CidrBlock,
      ipv6CidrBlock: each.Ipv6CidrBlock,
      portRange: each.PortRange && { from: each.PortRange.From, to: each.PortRange.To },
    })),
  };
}

export function routeTableXml({ RouteTableId, VpcId, Associations, Routes }: One<"RouteTables">): XmlValue {
  return {
    routeTableId: RouteTableId,
    vpcId: VpcId,
    associationSet: Associations.map(({ Main, SubnetId }) => ({ main: Main, subnetId: SubnetId })),
    routeSet: Routes.map((each) => ({
      destinationCidrBlock: each.DestinationCidrBlock,
      destinationIpv6CidrBlock: each.DestinationIpv6CidrBlock,
      destinationPrefixListId: each.DestinationPrefixListId,
      gatewayId: each.GatewayId,
      natGatewayId: each.NatGatewayId,
      egressOnlyInternetGatewayId: each.EgressOnlyInternetGatewayId,
      transitGatewayId: each.TransitGatewayId,
      vpcPeeringConnectionId: each.VpcPeeringConnectionId,
      networkInterfaceId: each.NetworkInterfaceId,
      state: each.State,
    })),
  };
}

export function subnetXml(subnet: One<"Subnets">, ownerId: string): XmlValue {
  const { SubnetId, VpcId, OwnerId = ownerId, CidrBlock, Ipv6CidrBlockAssociationSet, OutpostArn } = subnet;
  return {
    subnetId: SubnetId,
    vpcId: VpcId,
    ownerId: OwnerId,
    cidrBlock: CidrBlock,
    outpostArn: OutpostArn,
    ipv6CidrBlockAssociationSet: Ipv6CidrBlockAssociationSet.map(({ Ipv6CidrBlock }) => ({
      ipv6CidrBlock: Ipv6CidrBlock,
    })),
  };
}
