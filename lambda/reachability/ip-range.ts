import { isIPv4, isIPv6 } from "node:net";
import { canonicalAddress } from "../resolve/ip-address.ts";

/** A range of IP addresses, both ends included. Ranges of different versions have no address in common. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** Every address of a version. */
export function anyAddress(version: 4 | 6): IpRange {
  return { version, first: 0n, last: (1n << BigInt(bitsOf[version])) - 1n };
}

/**
 * The range of a CIDR block, or of one address. As EC2 does, it ignores bits of the address behind the prefix.
 *
 * @returns undefined for other text.
 */
export function readRange(text: string): IpRange | undefined {
  const [, address = "", prefix] = /^([0-9A-Fa-f:.]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const version = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined;
  if (version === undefined) return undefined;
  const bits = bitsOf[version];
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const value = version === 4 ? valueOf4(address) : valueOf6(address);
  const first = value - (value % size);
  return { version, first, last: first + size - 1n };
}

/** @returns undefined if they have no address in common. */
export function commonRange(one: IpRange, other: IpRange): IpRange | undefined {
  if (one.version !== other.version) return undefined;
  const first = one.first > other.first ? one.first : other.first;
  const last = one.last < other.last ? one.last : other.last;
  return first <= last ? { version: one.version, first, last } : undefined;
}

/** Whether every address of the inner range is in the outer one. */
export function contains(outer: IpRange, inner: IpRange): boolean {
  return outer.version === inner.version && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the address is of a network that is routed privately: RFC 1918, RFC 6598, and unique local addresses of RFC 4193. */
export function isPrivate(address: string): boolean {
  const range = readRange(address);
  return range !== undefined && privateRanges.some((each) => contains(each, range));
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].flatMap(
  (cidr) => readRange(cidr) ?? [],
);

function valueOf4(address: string): bigint {
  return address.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

/** The canonical spelling has no IPv4 part, and one `::` at most. */
function valueOf6(address: string): bigint {
  const [head = "", tail] = canonicalAddress(address).split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}
