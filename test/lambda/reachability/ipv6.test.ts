import { acl, admits, allIn, allOut, both, byIpv6, endpointIs, entry, from, lets, noRoute, route } from "./changes.ts";
import { ssh } from "./networks.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "an endpoint for IPv4 alone, and an IPv6 address",
      pages.createEndpoint,
      both(byIpv6, endpointIs({ ipAddressType: "ipv4" })),
      "endpoint",
      endpointIs({ ipAddressType: "dualstack" }),
    ],
    [
      "an endpoint whose groups let IPv4 out, and an IPv6 address",
      pages.endpointGroups,
      both(byIpv6, lets(ssh({ cidrs: ["0.0.0.0/0"] }))),
      "endpoint-security-groups",
      lets(ssh({ cidrs: ["2001:db8::/56"] })),
    ],
    [
      "an ACL of the instance's subnet with IPv4 rules, and an IPv6 address",
      pages.customAcl,
      both(byIpv6, acl("instance", allIn, allOut)),
      "instance-network-acl",
      acl(
        "instance",
        allIn,
        allOut,
        entry(101, "in", "allow", "2001:db8::/56", "22"),
        entry(101, "out", "allow", "::/0", "1024-65535"),
      ),
    ],
  ],
  passes: [
    [
      "an endpoint for IPv6, and an IPv6 address",
      pages.createEndpoint,
      both(byIpv6, endpointIs({ ipAddressType: "ipv6" })),
      "endpoint",
    ],
  ],
});

testVerdicts("direct", {
  fails: [
    [
      "an instance that admits IPv4, reached by IPv6",
      pages.groupRules,
      both(byIpv6, from("2001:db8:ffff::7"), admits(ssh({ cidrs: ["0.0.0.0/0"] }))),
      "instance-security-groups",
      admits(ssh({ cidrs: ["2001:db8:ffff::7/128"] })),
    ],
    [
      "an egress-only gateway, for an IPv6 address",
      pages.egressOnly,
      both(byIpv6, route("::/0", "eigw-00000000000000001")),
      "route",
      route("::/0", "igw-00000000000000001"),
    ],
    [
      "a route for IPv4 alone, for an IPv6 address",
      pages.prerequisites,
      both(byIpv6, noRoute("::/0")),
      "route",
      route("::/0", "igw-00000000000000001"),
    ],
  ],
  passes: [
    [
      "an IPv6 address that admits the client's network",
      pages.groupRules,
      both(byIpv6, from("2001:db8:ffff::7")),
      "instance-security-groups",
    ],
    ["an IPv6 address with a route to the internet gateway", pages.gateway, byIpv6, "route"],
  ],
});
