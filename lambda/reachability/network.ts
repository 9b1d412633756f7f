import type { PortRange } from "./traffic.ts";

/** A rule of a security group. It allows; nothing denies. */
export interface GroupRule {
  /** `tcp`, a number, or `-1` for all. */
  readonly protocol: string;
  /** Undefined: all. */
  readonly ports?: PortRange | undefined;
  /** IPv4 and IPv6 blocks. */
  readonly cidrs: readonly string[];
  /** Security groups, of any account and VPC: everything that has one of them. */
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
}

export interface AclEntry {
  /** Entries are evaluated in ascending order. */
  readonly ruleNumber: number;
  readonly isEgress: boolean;
  /** A number, or `-1` for all. */
  readonly protocol: string;
  /** Undefined: all. */
  readonly ports?: PortRange | undefined;
  readonly cidr: string;
  readonly allows: boolean;
}

export interface NetworkAcl {
  readonly aclId: string;
  readonly subnetIds: readonly string[];
  readonly entries: readonly AclEntry[];
}

/** To one destination, which is a block or a prefix list. */
export interface Route {
  readonly cidr?: string | undefined;
  readonly prefixListId?: string | undefined;
  /** `local`, or the id of a gateway, an interface or a connection. */
  readonly target: string;
  /** Otherwise its target is gone: a black hole. */
  readonly isActive: boolean;
  /** Learned from a virtual private gateway, not written by anybody. */
  readonly isPropagated?: boolean | undefined;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Of the VPC: for subnets without a table of their own. */
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  readonly routes: readonly Route[];
}

export interface Subnet {
  readonly subnetId: string;
  /** The account that owns it, and with it the VPC. */
  readonly ownerId: string;
  readonly cidrs: readonly string[];
  readonly outpostArn?: string | undefined;
}

export interface NetworkInterface {
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  /** Private, public and IPv6 addresses. */
  readonly addresses: readonly string[];
}

/** What EC2 says of an instance's surroundings. Undefined, or absent from a list: not known. */
export interface Network {
  /** Of the instance. */
  readonly interfaces?: readonly NetworkInterface[] | undefined;
  readonly subnets?: readonly Subnet[] | undefined;
  readonly groups?: readonly SecurityGroup[] | undefined;
  readonly acls?: readonly NetworkAcl[] | undefined;
  /** Those of the subnets, and the VPC's main one. */
  readonly routeTables?: readonly RouteTable[] | undefined;
  /** Blocks of prefix lists that rules or routes name, by id. */
  readonly prefixLists?: ReadonlyMap<string, readonly string[]> | undefined;
}
