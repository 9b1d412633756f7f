import { isIPv6 } from "node:net";

/**
 * Whether two texts spell the same IP address. IPv6 has many spellings (`2001:DB8:0::1` is `2001:db8::1`), IPv4 has one.
 * An IPv4-mapped IPv6 address differs from the IPv4 address in it. Text that is not an address equals only itself.
 */
export function isSameIpAddress(one: string, other: string): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}

/**
 * The one spelling of an IPv6 address that EC2 uses; other text stays as it is. A URL's host is the shortest lower-case spelling
 * (WHATWG URL, "IPv6 serializer"), in brackets; it takes no zone such as `%eth0`.
 */
export function canonicalAddress(address: string): string {
  return (isIPv6(address) && URL.parse(`http://[${address}]`)?.hostname.slice(1, -1)) || address;
}
