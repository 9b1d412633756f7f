import { readFileSync } from "node:fs";
import * as z from "zod";
import type { TargetKey } from "../../lambda/shared/target.ts";
import { ownTarget } from "../shared/account.ts";
import { type FleetNetwork, networkFile } from "./network.ts";

const tag = z.object({ Key: z.string(), Value: z.string() });

const groups = z.array(z.object({ GroupId: z.string() })).optional();

const networkInterface = z.object({
  SubnetId: z.string().optional(),
  Groups: groups,
  NetworkInterfaceId: z.string().optional(),
  Attachment: z.object({ DeviceIndex: z.number().optional(), AttachTime: z.string().optional() }).optional(),
  PrivateIpAddresses: z
    .array(
      z.object({
        PrivateIpAddress: z.string().optional(),
        PrivateDnsName: z.string().optional(),
        Association: z.object({ PublicIp: z.string().optional(), PublicDnsName: z.string().optional() }).optional(),
      }),
    )
    .default([]),
  Ipv6Addresses: z.array(z.object({ Ipv6Address: z.string() })).default([]),
});

const instance = z.object({
  InstanceId: z.string(),
  ImageId: z.string().optional(),
  InstanceType: z.string().optional(),
  Platform: z.string().optional(),
  LaunchTime: z.string().optional(),
  State: z.object({ Name: z.string(), Code: z.number().optional() }),
  Placement: z.object({ AvailabilityZone: z.string() }).optional(),
  VpcId: z.string().optional(),
  SubnetId: z.string().optional(),
  SecurityGroups: groups,
  PublicIpAddress: z.string().optional(),
  PrivateIpAddress: z.string().optional(),
  Ipv6Address: z.string().optional(),
  PublicDnsName: z.string().optional(),
  PrivateDnsName: z.string().optional(),
  NetworkInterfaces: z.array(networkInterface).default([]),
  Tags: z.array(tag).default([]),
});

const image = z.object({ ImageId: z.string(), Name: z.string().optional() });

const endpoint = z.object({
  InstanceConnectEndpointId: z.string(),
  State: z.string(),
  VpcId: z.string().optional(),
  SubnetId: z.string().optional(),
  DnsName: z.string().optional(),
  FipsDnsName: z.string().optional(),
  IpAddressType: z.enum(["ipv4", "dualstack", "ipv6"]).optional(),
  SecurityGroupIds: z.array(z.string()).optional(),
  PreserveClientIp: z.boolean().optional(),
});

/**
 * The output of `aws ec2 describe-instances`, `describe-instance-connect-endpoints` and optionally `describe-images` and what
 * describes networks; unused fields are dropped.
 */
const fleetFile = z.object({
  Reservations: z.array(z.object({ ReservationId: z.string().optional(), Instances: z.array(instance).default([]) })),
  InstanceConnectEndpoints: z.array(endpoint).default([]),
  Images: z.array(image).default([]),
  ...networkFile.shape,
});

export type FleetInstance = z.infer<typeof instance> & { readonly Placement: { readonly AvailabilityZone: string } };
export type FleetImage = z.infer<typeof image>;
export type FleetEndpoint = z.infer<typeof endpoint>;

/** The instances and endpoints of a target. All belong to it, even if the file comes from another account. */
export class Fleet {
  readonly target: TargetKey;
  readonly instances: readonly FleetInstance[];
  readonly endpoints: readonly FleetEndpoint[];
  readonly images: readonly FleetImage[];
  readonly network: FleetNetwork;

  constructor(description: z.input<typeof fleetFile>, target = ownTarget) {
    const { Reservations, InstanceConnectEndpoints, Images, ...network } = fleetFile.parse(description);
    this.target = target;
    const usual = { AvailabilityZone: `${target.region}a` };
    this.instances = Reservations.flatMap(({ Instances }) => Instances).map(({ Placement = usual, ...each }) => ({
      ...each,
      Placement,
    }));
    this.endpoints = InstanceConnectEndpoints;
    this.images = Images;
    this.network = network;
  }

  find(instanceId: string): FleetInstance | undefined {
    return this.instances.find(({ InstanceId }) => InstanceId === instanceId);
  }
}

/** @throws Error that says what is wrong with the file. */
export function readFleet(file: string, target = ownTarget): Fleet {
  try {
    return new Fleet(JSON.parse(readFileSync(file, "utf8")), target);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`Invalid fleet file ${file}: ${why}`);
  }
}

/** Every address of an instance, the primary ones first. */
export function addressesOf(instance: FleetInstance): string[] {
  const { PublicIpAddress, PrivateIpAddress, Ipv6Address, NetworkInterfaces } = instance;
  const others = NetworkInterfaces.flatMap(({ PrivateIpAddresses, Ipv6Addresses }) => [
    ...PrivateIpAddresses.flatMap((address) => [address.PrivateIpAddress, address.Association?.PublicIp]),
    ...Ipv6Addresses.map((address) => address.Ipv6Address),
  ]);
  const all = [PublicIpAddress, PrivateIpAddress, Ipv6Address, ...others];
  return [...new Set(all.filter((address) => address !== undefined && address !== ""))] as string[];
}
