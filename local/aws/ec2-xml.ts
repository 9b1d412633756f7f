import type { TargetKey } from "../../lambda/shared/target.ts";
import type { FleetEndpoint, FleetImage, FleetInstance } from "../fleet/fleet.ts";
import { ec2Arn } from "../shared/account.ts";
import type { XmlValue } from "./query-protocol.ts";

/** An instance with the field names of EC2's XML: `ipAddress` is the public one. */
export function instanceXml(instance: FleetInstance): XmlValue {
  return {
    instanceId: instance.InstanceId,
    imageId: instance.ImageId,
    instanceType: instance.InstanceType,
    platform: instance.Platform,
    launchTime: instance.LaunchTime,
    instanceState: { code: instance.State.Code ?? 16, name: instance.State.Name },
    placement: { availabilityZone: instance.Placement.AvailabilityZone },
    vpcId: instance.VpcId,
    subnetId: instance.SubnetId,
    ipAddress: instance.PublicIpAddress,
    privateIpAddress: instance.PrivateIpAddress,
    ipv6Address: instance.Ipv6Address,
    dnsName: instance.PublicDnsName ?? "",
    privateDnsName: instance.PrivateDnsName ?? "",
    tagSet: instance.Tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
    networkInterfaceSet: instance.NetworkInterfaces.map(
      ({ NetworkInterfaceId, Attachment, PrivateIpAddresses, Ipv6Addresses }) => ({
        networkInterfaceId: NetworkInterfaceId,
        attachment: Attachment && { deviceIndex: Attachment.DeviceIndex, attachTime: Attachment.AttachTime },
        privateIpAddressesSet: PrivateIpAddresses.map(({ PrivateIpAddress, PrivateDnsName, Association }) => ({
          privateIpAddress: PrivateIpAddress,
          privateDnsName: PrivateDnsName,
          association: Association && { publicIp: Association.PublicIp, publicDnsName: Association.PublicDnsName },
        })),
        ipv6AddressesSet: Ipv6Addresses.map(({ Ipv6Address }) => ({ ipv6Address: Ipv6Address })),
      }),
    ),
  };
}

export function endpointXml(endpoint: FleetEndpoint, target: TargetKey): XmlValue {
  const { InstanceConnectEndpointId, State, VpcId, SubnetId, DnsName, FipsDnsName, IpAddressType } = endpoint;
  return {
    ownerId: target.accountId,
    instanceConnectEndpointId: InstanceConnectEndpointId,
    instanceConnectEndpointArn: ec2Arn(target, `instance-connect-endpoint/${InstanceConnectEndpointId}`),
    state: State,
    vpcId: VpcId,
    subnetId: SubnetId,
    dnsName: DnsName,
    fipsDnsName: FipsDnsName,
    ipAddressType: IpAddressType,
    securityGroupIdSet: endpoint.SecurityGroupIds,
    preserveClientIp: endpoint.PreserveClientIp,
  };
}

export function imageXml({ ImageId, Name }: FleetImage): XmlValue {
  return { imageId: ImageId, name: Name };
}
