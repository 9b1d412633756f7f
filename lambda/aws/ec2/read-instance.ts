import type { Instance as Ec2Instance, InstanceNetworkInterface } from "@aws-sdk/client-ec2";
import type { Instance, InstanceAddress } from "../../shared/instance.ts";

/** An instance as EC2 describes it, as far as Latchkey needs it. EC2 omits a value that does not exist, or leaves it empty. */
export function readInstance(instance: Ec2Instance, accountId: string, region: string): Instance {
  const interfaces = instance.NetworkInterfaces ?? [];
  const tags = (instance.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value] as const);
  const ipv6Address =
    instance.Ipv6Address || interfaces.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses)[0]?.Ipv6Address;
  return {
    instanceId: instance.InstanceId ?? "",
    accountId,
    region,
    availabilityZone: instance.Placement?.AvailabilityZone ?? "",
    state: instance.State?.Name ?? "unknown",
    tags: Object.fromEntries(tags),
    ...(instance.VpcId && { vpcId: instance.VpcId }),
    ...(instance.ImageId && { imageId: instance.ImageId }),
    ...(instance.Platform && { platform: instance.Platform.toLowerCase() }),
    ...(instance.SubnetId && { subnetId: instance.SubnetId }),
    ...(instance.PublicIpAddress && { publicIpAddress: instance.PublicIpAddress }),
    ...(instance.PrivateIpAddress && { privateIpAddress: instance.PrivateIpAddress }),
    ...(ipv6Address && { ipv6Address }),
    ...(instance.PublicDnsName && { publicDnsName: instance.PublicDnsName }),
    ...(instance.PrivateDnsName && { privateDnsName: instance.PrivateDnsName }),
    addresses: addressesOf(instance, ipv6Address, interfaces),
  };
}

/** Every address of every interface, each once, the primary ones first. */
function addressesOf(
  instance: Ec2Instance,
  ipv6Address: string | undefined,
  interfaces: readonly InstanceNetworkInterface[],
): InstanceAddress[] {
  const addresses: [string | undefined, InstanceAddress["kind"], dnsName?: string | undefined][] = [
    [instance.PublicIpAddress, "public", instance.PublicDnsName],
    [instance.PrivateIpAddress, "private", instance.PrivateDnsName],
    [ipv6Address, "ipv6"],
  ];
  for (const { PrivateIpAddresses = [], Ipv6Addresses = [] } of interfaces) {
    for (const { PrivateIpAddress, PrivateDnsName, Association } of PrivateIpAddresses) {
      addresses.push([PrivateIpAddress, "private", PrivateDnsName]);
      addresses.push([Association?.PublicIp, "public", Association?.PublicDnsName]);
    }
    for (const { Ipv6Address } of Ipv6Addresses) addresses.push([Ipv6Address, "ipv6"]);
  }
  const byAddress = new Map<string, InstanceAddress>();
  for (const [address, kind, dnsName] of addresses) {
    if (address && !byAddress.has(address)) byAddress.set(address, { address, kind, ...(dnsName && { dnsName }) });
  }
  return [...byAddress.values()];
}
