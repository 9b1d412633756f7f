import { isIPv6 } from "node:net";

/**
 * Are these two spellings of one IP address? IPv6 has many (`2001:DB8:0::1` is `2001:db8::1`), IPv4 has one.
 * An IPv4-mapped IPv6 address is not the IPv4 address in it, and what is no address at all only equals itself.
 */
export function isSameIpAddress(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

/** A URL's host is the shortest lower-case spelling (WHATWG URL, "IPv6 serializer"); it takes no zone such as `%eth0`. */
function canonical(address: string): string {
  return (isIPv6(address) && URL.parse(`http://[${address}]`)?.hostname) || address;
}
