import { both, from, noRoute, privately, route } from "./changes.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("direct", {
  fails: [
    [
      "a subnet without a route to the internet",
      pages.gateway,
      noRoute("0.0.0.0/0"),
      "route",
      route("0.0.0.0/0", "igw-00000000000000001"),
    ],
    [
      "a subnet behind a NAT gateway",
      pages.nat,
      route("0.0.0.0/0", "nat-00000000000000001"),
      "route",
      route("0.0.0.0/0", "igw-00000000000000001"),
    ],
    [
      "an internet gateway that is gone",
      pages.tables,
      route("0.0.0.0/0", "igw-00000000000000001", false),
      "route",
      route("0.0.0.0/0", "igw-00000000000000001"),
    ],
    [
      "a longer prefix that leads the client's network to a NAT gateway",
      pages.priority,
      route("198.51.100.0/24", "nat-00000000000000001"),
      "route",
      noRoute("198.51.100.0/24"),
    ],
    [
      "a table of the subnet's own without the main one's route",
      pages.tables,
      ({ network }) =>
        void network.routeTables.push({
          routeTableId: "rtb-00000000000000002",
          vpcId: "vpc-00000000000000001",
          isMain: false,
          subnetIds: ["subnet-00000000000000001"],
          routes: [],
        }),
      "route",
      ({ network }) => void network.routeTables.pop(),
    ],
  ],
  unknown: [
    ["a private address: nobody sees here how to get there", pages.prerequisites, privately, "route"],
    [
      "route tables that could not be described",
      pages.tables,
      ({ network }) => {
        network.routeTables = [];
      },
      "route",
    ],
    ["a firewall's interface on the way", pages.tables, route("0.0.0.0/0", "eni-00000000000000001"), "route"],
    [
      "a gateway for some networks, and a client whose address is not known",
      pages.gateway,
      both(from(undefined), noRoute("0.0.0.0/0"), route("192.0.2.0/24", "igw-00000000000000001")),
      "route",
    ],
  ],
  passes: [
    [
      "a route to the internet gateway, and a propagated one to the same network, which is listed first",
      pages.priority,
      ({ network }) =>
        void network.routeTables[0]?.routes.unshift({
          cidr: "0.0.0.0/0",
          target: "vgw-00000000000000001",
          isActive: true,
          isPropagated: true,
        }),
      "route",
    ],
    ["a private address, and a client in the VPC", pages.tables, both(privately, from("10.0.5.5")), "route"],
    ["the main table, for a subnet without its own", pages.tables, () => {}, "route"],
    [
      "a route to the client's network alone",
      pages.gateway,
      both(noRoute("0.0.0.0/0"), route("198.51.100.0/24", "igw-00000000000000001")),
      "route",
    ],
  ],
});
