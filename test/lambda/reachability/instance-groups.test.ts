import { admits, both, from, instanceIs, preserving, privately, rulesOf } from "./changes.ts";
import { clientIp, endpointGroup, instanceGroup, ssh } from "./networks.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "an instance that admits nobody",
      pages.endpointGroups,
      admits(),
      "instance-security-groups",
      admits(ssh({ groupIds: [endpointGroup] })),
    ],
    [
      "an instance that admits another group alone",
      pages.endpointGroups,
      admits(ssh({ groupIds: ["sg-00000000000000009"] })),
      "instance-security-groups",
      admits(ssh({ groupIds: [endpointGroup] })),
    ],
    [
      "an instance that admits its own group alone, as a default group does",
      pages.groupRules,
      admits({ ...ssh({ groupIds: [instanceGroup] }), protocol: "-1" }),
      "instance-security-groups",
      admits(ssh({ groupIds: [endpointGroup] })),
    ],
    [
      "an instance that admits the client's address, which the endpoint does not keep",
      pages.endpointGroups,
      admits(ssh({ cidrs: [`${clientIp}/32`] })),
      "instance-security-groups",
      admits(ssh({ cidrs: ["10.0.0.0/16"] })),
    ],
    [
      "an instance that admits the VPC, and an endpoint that keeps the client's address",
      pages.endpointGroups,
      both(preserving, admits(ssh({ cidrs: ["10.0.0.0/16"] }))),
      "instance-security-groups",
      admits(ssh({ cidrs: [`${clientIp}/32`] })),
    ],
    [
      "an instance that admits UDP",
      pages.permission,
      admits({ ...ssh({ groupIds: [endpointGroup] }), protocol: "udp" }),
      "instance-security-groups",
      admits({ ...ssh({ groupIds: [endpointGroup] }), protocol: "6" }),
    ],
    [
      "an instance that admits ports up to 21",
      pages.permission,
      admits({ ...ssh({ groupIds: [endpointGroup] }), ports: { first: 0, last: 21 } }),
      "instance-security-groups",
      admits({ ...ssh({ groupIds: [endpointGroup] }), ports: { first: 0, last: 22 } }),
    ],
    [
      "an instance without a security group that admits",
      pages.groupRules,
      ({ network }) => {
        network.interfaces = network.interfaces.map((each) => ({ ...each, groupIds: [] }));
      },
      "instance-security-groups",
      ({ network }) => {
        network.interfaces = network.interfaces.map((each) => ({ ...each, groupIds: [instanceGroup] }));
      },
    ],
  ],
  unknown: [
    [
      "groups of the instance that could not be described",
      pages.groupRules,
      ({ network }) => void network.groups.shift(),
      "instance-security-groups",
    ],
    [
      "a network interface that could not be described",
      pages.groupRules,
      ({ network }) => {
        network.interfaces = [];
      },
      "instance-security-groups",
    ],
    [
      "one of two groups that could not be described, while the other admits nobody",
      pages.groupRules,
      both(admits(), ({ network }) => {
        network.interfaces = network.interfaces.map((each) => ({
          ...each,
          groupIds: [...each.groupIds, "sg-00000000000000009"],
        }));
      }),
      "instance-security-groups",
    ],
    [
      "a rule for a part of the endpoint's subnet",
      pages.endpointGroups,
      admits(ssh({ cidrs: ["10.0.2.0/25"] })),
      "instance-security-groups",
    ],
    [
      "a group that is named while the endpoint's are not said",
      pages.endpointGroups,
      ({ endpoint }) => void delete endpoint?.groupIds,
      "instance-security-groups",
    ],
    [
      "an endpoint that keeps the client's address, which came by IPv6",
      pages.endpointGroups,
      both(preserving, from("2001:db8:ffff::7"), admits(ssh({ cidrs: ["198.51.100.0/24"] }))),
      "instance-security-groups",
    ],
  ],
  passes: [
    [
      "an instance that admits the endpoint's group",
      pages.endpointGroups,
      admits(ssh({ groupIds: [endpointGroup] })),
      "instance-security-groups",
    ],
    [
      "that group, and an endpoint that keeps the client's address",
      pages.endpointGroups,
      both(preserving, admits(ssh({ groupIds: [endpointGroup] }))),
      "instance-security-groups",
    ],
    [
      "a second group of the instance that admits",
      pages.groupRules,
      both(admits(), ({ network }) => {
        network.groups.push({
          groupId: "sg-00000000000000003",
          ingress: [ssh({ groupIds: [endpointGroup] })],
          egress: [],
        });
        network.interfaces = network.interfaces.map((each) => ({
          ...each,
          groupIds: [...each.groupIds, "sg-00000000000000003"],
        }));
      }),
      "instance-security-groups",
    ],
    [
      "a rule for all protocols, which has no ports",
      pages.permission,
      admits({ ...ssh({ groupIds: [endpointGroup] }), protocol: "-1", ports: undefined } as ReturnType<typeof ssh>),
      "instance-security-groups",
    ],
    [
      "two rules that together cover the endpoint's subnet",
      pages.groupRules,
      admits(ssh({ cidrs: ["10.0.2.0/25"] }), ssh({ cidrs: ["10.0.2.128/25"] })),
      "instance-security-groups",
    ],
    [
      "an instance whose groups let nothing out: responses need no rule",
      pages.groupRules,
      (world) => {
        rulesOf(world).egress = [];
      },
      "instance-security-groups",
    ],
  ],
});

testVerdicts("direct", {
  fails: [
    [
      "an instance that admits another network",
      pages.groupRules,
      admits(ssh({ cidrs: ["192.0.2.0/24"] })),
      "instance-security-groups",
      admits(ssh({ cidrs: ["192.0.2.0/24", `${clientIp}/32`] })),
    ],
    [
      "an instance that admits a group: the internet has none",
      pages.groupRules,
      admits(ssh({ groupIds: [endpointGroup] })),
      "instance-security-groups",
      admits(ssh({ cidrs: ["0.0.0.0/0"] })),
    ],
    [
      "an instance that admits port 22, while its sshd has another",
      pages.groupRules,
      both(instanceIs({ tags: { "latchkey:ssh-port": "2222" } })),
      "instance-security-groups",
      admits({ ...ssh({ cidrs: ["198.51.100.0/24"] }), ports: { first: 2222, last: 2222 } }),
    ],
  ],
  unknown: [
    [
      "a private address, whose visitors come from a network not seen here",
      pages.prerequisites,
      both(privately, admits(ssh({ cidrs: ["10.0.0.0/8"] }))),
      "instance-security-groups",
    ],
    [
      "a private address that admits a group, which the client may have",
      pages.peering,
      both(privately, admits(ssh({ groupIds: ["sg-00000000000000009"] }))),
      "instance-security-groups",
    ],
    [
      "a request by IPv6, for an IPv4 address that admits one network",
      pages.groupRules,
      from("2001:db8:ffff::7"),
      "instance-security-groups",
    ],
    ["a request without an address", pages.groupRules, from(undefined), "instance-security-groups"],
  ],
  passes: [
    ["an instance that admits the client's network", pages.groupRules, () => {}, "instance-security-groups"],
    [
      "an instance that admits everybody, from any address",
      pages.groupRules,
      both(from(undefined), admits(ssh({ cidrs: ["0.0.0.0/0"] }))),
      "instance-security-groups",
    ],
    [
      "a private address, and a client in the VPC that it admits",
      pages.groupRules,
      both(privately, from("10.0.5.5"), admits(ssh({ cidrs: ["10.0.0.0/16"] }))),
      "instance-security-groups",
    ],
  ],
});
