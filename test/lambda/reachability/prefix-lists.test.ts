import { admits, both, list, noRoute } from "./changes.ts";
import { ssh } from "./networks.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "a prefix list without the endpoint's subnet",
      pages.prefixLists,
      both(list("pl-1", "10.0.9.0/24"), admits(ssh({ prefixListIds: ["pl-1"] }))),
      "instance-security-groups",
      list("pl-1", "10.0.9.0/24", "10.0.2.0/24"),
    ],
  ],
  unknown: [
    [
      "a prefix list that could not be read",
      pages.prefixLists,
      admits(ssh({ prefixListIds: ["pl-2"] })),
      "instance-security-groups",
    ],
  ],
  passes: [
    [
      "a prefix list with the VPC",
      pages.prefixLists,
      both(list("pl-1", "192.0.2.0/24", "10.0.0.0/16"), admits(ssh({ prefixListIds: ["pl-1"] }))),
      "instance-security-groups",
    ],
  ],
});

testVerdicts("direct", {
  fails: [
    [
      "a prefix list without the client's address",
      pages.prefixLists,
      both(list("pl-1", "192.0.2.0/24"), admits(ssh({ prefixListIds: ["pl-1"] }))),
      "instance-security-groups",
      list("pl-1", "198.51.100.0/25"),
    ],
  ],
  unknown: [
    [
      "a route to a prefix list that could not be read",
      pages.prefixLists,
      ({ network }) =>
        void network.routeTables[0]?.routes.push({
          prefixListId: "pl-2",
          target: "tgw-00000000000000001",
          isActive: true,
        }),
      "route",
    ],
  ],
  passes: [
    [
      "a route to a prefix list with the client's network",
      pages.prefixLists,
      both(
        noRoute("0.0.0.0/0"),
        list("pl-1", "198.51.100.0/24"),
        ({ network }) =>
          void network.routeTables[0]?.routes.push({
            prefixListId: "pl-1",
            target: "igw-00000000000000001",
            isActive: true,
          }),
      ),
      "route",
    ],
    [
      "a gateway endpoint for S3 beside the internet gateway",
      pages.prefixLists,
      ({ network }) =>
        void network.routeTables[0]?.routes.push({
          prefixListId: "pl-63a5400a",
          target: "vpce-00000000000000001",
          isActive: true,
        }),
      "route",
    ],
  ],
});
