import { BlockList, isIP, isIPv6 } from "node:net";

/**
 * Ranges that are not the public internet: private, loopback, link-local (with the metadata services), shared, for documentation and
 * tests, multicast and reserved; and those that embed or translate IPv4 addresses.
 * https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const notPublic = {
  ipv4: [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
    ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
    ...["224.0.0.0/4", "240.0.0.0/4"],
  ],
  // Not ::ffff:0:0/96: it would refuse every IPv4 address. The IPv4 ranges match mapped addresses too.
  ipv6: [
    ...["::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23"],
    ...["2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
  ],
} as const;

const refused = new BlockList();
for (const family of ["ipv4", "ipv6"] as const) {
  for (const range of notPublic[family]) {
    const [address = "", bits] = range.split("/");
    refused.addSubnet(address, Number(bits), family);
  }
}

/** Whether a text is an IP address on the public internet. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !refused.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
