import { readFileSync } from "node:fs";
import * as z from "zod";
import { account } from "../shared/account.ts";

const tag = z.object({ Key: z.string(), Value: z.string() });

const networkInterface = z.object({
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
  Placement: z.object({ AvailabilityZone: z.string() }).default({ AvailabilityZone: "us-east-1a" }),
  VpcId: z.string().optional(),
  SubnetId: z.string().optional(),
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
});

/** The output of `aws ec2 describe-instances`, `describe-instance-connect-endpoints` and optionally `describe-images`; unused fields are dropped. */
const fleetFile = z.object({
  Reservations: z.array(z.object({ ReservationId: z.string().optional(), Instances: z.array(instance).default([]) })),
  InstanceConnectEndpoints: z.array(endpoint).default([]),
  Images: z.array(image).default([]),
});

export type FleetInstance = z.infer<typeof instance>;
export type FleetImage = z.infer<typeof image>;
export type FleetEndpoint = z.infer<typeof endpoint>;

/** The instances and endpoints. All belong to the local account, even if the file comes from another. */
export class Fleet {
  readonly ownerId = account;
  readonly instances: readonly FleetInstance[];
  readonly endpoints: readonly FleetEndpoint[];
  readonly images: readonly FleetImage[];

  constructor(description: z.input<typeof fleetFile>) {
    const { Reservations, InstanceConnectEndpoints, Images } = fleetFile.parse(description);
    this.instances = Reservations.flatMap(({ Instances }) => Instances);
    this.endpoints = InstanceConnectEndpoints;
    this.images = Images;
  }

  find(instanceId: string): FleetInstance | undefined {
    return this.instances.find(({ InstanceId }) => InstanceId === instanceId);
  }
}

/** @throws Error that says what is wrong with the file. */
export function readFleet(file: string): Fleet {
  try {
    return new Fleet(JSON.parse(readFileSync(file, "utf8")));
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
