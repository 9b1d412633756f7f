/** Where an instance is, and its id: together they name one instance in all of AWS. */
export interface InstanceKey {
  readonly accountId: string;
  readonly region: string;
  readonly instanceId: string;
}

/** `<account>/<region>/<id>`: the name of the instance in keys, events and policies. */
export function instanceKey({ accountId, region, instanceId }: InstanceKey): string {
  return `${accountId}/${region}/${instanceId}`;
}

/** Whether both name the same instance: an id alone is unique only within an account and region. */
export function isSameInstance(one: InstanceKey, other: InstanceKey): boolean {
  return instanceKey(one) === instanceKey(other);
}

/** A public IPv4, a private IPv4, or an IPv6 address. */
export type AddressKind = "public" | "private" | "ipv6";

export interface InstanceAddress {
  readonly address: string;
  readonly kind: AddressKind;
  /** AWS's name for it. EC2 has none for IPv6 addresses, and none if DNS host names are off in the VPC. */
  readonly dnsName?: string;
}

/** An EC2 instance: as much of it as Latchkey decides on and returns. */
export interface Instance extends InstanceKey {
  readonly availabilityZone: string;
  /** EC2's own word: `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`. */
  readonly state: string;
  readonly vpcId?: string;
  readonly subnetId?: string;
  readonly imageId?: string;
  /** EC2's own word in lower case; it has one for Windows only. */
  readonly platform?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The primary addresses, which a resolution without an explicit address chooses from. */
  readonly publicIpAddress?: string;
  readonly privateIpAddress?: string;
  readonly ipv6Address?: string;
  readonly publicDnsName?: string;
  readonly privateDnsName?: string;
  /** Every address of every interface, the primary ones among them. */
  readonly addresses: readonly InstanceAddress[];
}

/** Reads instances live. Each rejects with a Problem, and stops when its signal aborts. */
export interface InstanceReader {
  /** Undefined if there is no such instance. */
  describeInstance(instanceId: string, signal: AbortSignal): Promise<Instance | undefined>;
  /** Those that exist, by id. */
  describeInstances(instanceIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Instance>>;
}

/** An EC2 Instance Connect Endpoint. */
export interface Endpoint {
  readonly endpointId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** EC2's own word: `create-complete`, `delete-in-progress`, … */
  readonly state: string;
  readonly dnsName?: string;
  readonly fipsDnsName?: string;
  readonly ipAddressType: "ipv4" | "dualstack" | "ipv6";
  /** Its security groups; undefined if EC2 does not say. */
  readonly groupIds?: readonly string[];
  /** Whether instances see the client's address instead of the endpoint's. */
  readonly preservesClientIp?: boolean;
}
