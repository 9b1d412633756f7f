import { both, endpointIs, lets, privately, rulesOf, shared } from "./changes.ts";
import { endpointGroup, instanceGroup, ssh } from "./networks.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "no endpoint in the VPC",
      pages.endpoint,
      endpointIs({ vpcId: "vpc-00000000000000009" }),
      "endpoint",
      endpointIs({ vpcId: "vpc-00000000000000001" }),
    ],
    [
      "an endpoint whose creation failed",
      pages.endpointState,
      endpointIs({ state: "create-failed" }),
      "endpoint",
      endpointIs({ state: "create-complete" }),
    ],
    [
      "an endpoint that is still being created",
      pages.endpointState,
      endpointIs({ state: "create-in-progress" }),
      "endpoint",
      endpointIs({ state: "create-complete" }),
    ],
    [
      "an endpoint for IPv6 alone, and an IPv4 address",
      pages.createEndpoint,
      both(privately, endpointIs({ ipAddressType: "ipv6" })),
      "endpoint",
      endpointIs({ ipAddressType: "dualstack" }),
    ],
    [
      "an endpoint whose groups let nothing out",
      pages.endpointGroups,
      lets(),
      "endpoint-security-groups",
      lets(ssh({ groupIds: [instanceGroup] })),
    ],
    [
      "an endpoint whose groups let HTTPS out alone",
      pages.endpointGroups,
      lets({ ...ssh({ cidrs: ["0.0.0.0/0"] }), ports: { first: 443, last: 443 } }),
      "endpoint-security-groups",
      lets(ssh({ cidrs: ["10.0.0.0/16"] })),
    ],
    [
      "an endpoint whose groups let traffic to another group out",
      pages.endpointGroups,
      lets(ssh({ groupIds: ["sg-00000000000000009"] })),
      "endpoint-security-groups",
      lets(ssh({ groupIds: [instanceGroup] })),
    ],
  ],
  unknown: [
    [
      "a shared VPC without an endpoint of this account",
      pages.sharing,
      both(shared, endpointIs({ vpcId: "vpc-00000000000000009" })),
      "endpoint",
    ],
    [
      "an endpoint whose groups are not said",
      pages.endpointGroups,
      ({ endpoint }) => void delete endpoint?.groupIds,
      "endpoint-security-groups",
    ],
    [
      "groups of the endpoint that belong to another account",
      pages.sharing,
      ({ network }) => void network.groups.pop(),
      "endpoint-security-groups",
    ],
  ],
  passes: [
    ["an endpoint in the VPC", pages.endpoint, () => {}, "endpoint"],
    [
      "an endpoint of which an update failed: it works as before",
      pages.endpointState,
      endpointIs({ state: "update-failed" }),
      "endpoint",
    ],
    ["a shared VPC in which the account has an endpoint", pages.sharing, shared, "endpoint"],
    [
      "an endpoint whose groups name the instance's",
      pages.endpointGroups,
      lets(ssh({ groupIds: [instanceGroup] })),
      "endpoint-security-groups",
    ],
    [
      "an endpoint whose groups name the VPC",
      pages.endpointGroups,
      lets(ssh({ cidrs: ["10.0.0.0/16"] })),
      "endpoint-security-groups",
    ],
    [
      "an endpoint whose groups let nobody in: its service does not need it",
      pages.endpointGroups,
      (world) => {
        rulesOf(world, endpointGroup).ingress = [];
      },
      "endpoint-security-groups",
    ],
  ],
});
