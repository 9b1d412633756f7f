import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  type InstanceNetworkInterface,
} from "@aws-sdk/client-ec2";
import type { Instance, InstanceAddress } from "../connect/instance.ts";
import { clientSettings } from "./client-settings.ts";
import { awsProblem } from "./faults.ts";

export const ec2 = new EC2Client(clientSettings);

/**
 * Asked by filter, so that an absent instance is an empty answer like any other, and takes as long.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function describeInstance(
  instanceId: string,
  region: string,
  signal: AbortSignal,
): Promise<Instance | undefined> {
  const { instances } = await describe({ Filters: [{ Name: "instance-id", Values: [instanceId] }] }, region, signal);
  return instances.find((instance) => instance.instanceId === instanceId);
}

export interface InstancePageQuery {
  readonly name?: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** 5–1000, EC2's own bounds. */
  readonly pageSize: number;
  readonly token?: string | undefined;
}

/**
 * One of EC2's pages. It may be short or empty while there are more.
 *
 * @throws Problem as `describeInstance`; `invalid-request` where EC2 does not take the token.
 */
export async function describeInstancePage(
  { name, tags, pageSize, token }: InstancePageQuery,
  region: string,
  signal: AbortSignal,
): Promise<{ instances: Instance[]; nextToken: string | undefined }> {
  const wanted = [...(name === undefined ? [] : [{ key: "Name", value: name }]), ...tags];
  const filters = wanted.map(({ key, value }): Filter => ({ Name: `tag:${key}`, Values: [literally(value)] }));
  return describe(
    { ...(filters.length > 0 && { Filters: filters }), MaxResults: pageSize, ...(token && { NextToken: token }) },
    region,
    signal,
  );
}

/** In EC2's filters `*` and `?` are wildcards unless a backslash stands before them. */
function literally(value: string): string {
  return value.replace(/[\\*?]/g, "\\$&");
}

async function describe(
  input: DescribeInstancesCommandInput,
  region: string,
  signal: AbortSignal,
): Promise<{ instances: Instance[]; nextToken: string | undefined }> {
  try {
    const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand(input), {
      abortSignal: signal,
    });
    const instances = Reservations.flatMap(({ OwnerId = "", Instances = [] }) =>
      Instances.map((instance) => readInstance(instance, OwnerId, region)),
    );
    return { instances, nextToken: NextToken || undefined };
  } catch (error) {
    throw awsProblem(error, signal, { InvalidNextToken: "invalid-request", InvalidParameterValue: "invalid-request" });
  }
}

function readInstance(instance: Ec2Instance, accountId: string, region: string): Instance {
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
    ...(instance.SubnetId && { subnetId: instance.SubnetId }),
    ...(instance.PublicIpAddress && { publicIpAddress: instance.PublicIpAddress }),
    ...(instance.PrivateIpAddress && { privateIpAddress: instance.PrivateIpAddress }),
    ...(ipv6Address && { ipv6Address }),
    // EC2 answers with empty names where there are none.
    ...(instance.PublicDnsName && { publicDnsName: instance.PublicDnsName }),
    ...(instance.PrivateDnsName && { privateDnsName: instance.PrivateDnsName }),
    addresses: addressesOf(instance, ipv6Address, interfaces),
  };
}

/** Every address of every interface, each once. */
function addressesOf(
  instance: Ec2Instance,
  ipv6Address: string | undefined,
  interfaces: readonly InstanceNetworkInterface[],
): InstanceAddress[] {
  const addresses: [string | undefined, InstanceAddress["kind"]][] = [
    [instance.PublicIpAddress, "public"],
    [instance.PrivateIpAddress, "private"],
    [ipv6Address, "ipv6"],
  ];
  for (const { PrivateIpAddresses = [], Ipv6Addresses = [] } of interfaces) {
    for (const { PrivateIpAddress, Association } of PrivateIpAddresses) {
      addresses.push([PrivateIpAddress, "private"], [Association?.PublicIp, "public"]);
    }
    for (const { Ipv6Address } of Ipv6Addresses) addresses.push([Ipv6Address, "ipv6"]);
  }
  const byAddress = new Map(addresses.flatMap(([address, kind]) => (address ? [[address, kind] as const] : [])));
  return [...byAddress].map(([address, kind]) => ({ address, kind }));
}
