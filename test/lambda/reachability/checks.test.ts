import { describe, expect, test } from "@jest/globals";
import type { ReachabilityCheck } from "../../../contract/instance.ts";
import { checksOf } from "../../../lambda/reachability/checks.ts";
import { connectionOptions } from "../../../lambda/resolve/resolve.ts";
import { clientIp, defaultEntries, endpointGroup, instanceGroup, openWorld, ssh, type World } from "./networks.ts";

type Change = (world: World) => void;
type Check = ReachabilityCheck["check"];
/** The last column changes what AWS describes, as the check says, so that it passes. */
type Row = [sentence: string, page: string, Change, Check];
type Failure = [...Row, fix: Change];

const guide = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide";
const reference = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference";
const vpcGuide = "https://docs.aws.amazon.com/vpc/latest/userguide";
const pages = {
  lifecycle: `${guide}/ec2-instance-lifecycle.html`,
  instanceConnect: `${guide}/connect-linux-inst-eic.html`,
  setUp: `${guide}/ec2-instance-connect-set-up.html`,
  prerequisites: `${guide}/ec2-instance-connect-prerequisites.html`,
  endpoint: `${guide}/connect-with-ec2-instance-connect-endpoint.html`,
  endpointState: `${reference}/API_Ec2InstanceConnectEndpoint.html`,
  createEndpoint: `${reference}/API_CreateInstanceConnectEndpoint.html`,
  endpointGroups: `${guide}/eice-security-groups.html`,
  groupRules: `${vpcGuide}/security-group-rules.html`,
  permission: `${reference}/API_IpPermission.html`,
  peering: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
  prefixLists: `${vpcGuide}/managed-prefix-lists.html`,
  acls: `${vpcGuide}/vpc-network-acls.html`,
  aclRules: `${vpcGuide}/nacl-rules.html`,
  customAcl: `${vpcGuide}/custom-network-acl.html`,
  aclEntry: `${reference}/API_NetworkAclEntry.html`,
  ephemeral: `${vpcGuide}/nacl-ephemeral-ports.html`,
  gateway: `${vpcGuide}/VPC_Internet_Gateway.html`,
  egressOnly: `${vpcGuide}/egress-only-internet-gateway.html`,
  nat: `${vpcGuide}/vpc-nat-gateway.html`,
  tables: `${vpcGuide}/VPC_Route_Tables.html`,
  priority: `${vpcGuide}/route-tables-priority.html`,
  sharing: `${vpcGuide}/vpc-share-limitations.html`,
} as const;

const byIpv6: Change = ({ instance }) => {
  delete instance.publicIpAddress;
  delete instance.privateIpAddress;
};
const privately: Change = ({ instance }) => {
  delete instance.publicIpAddress;
  delete instance.ipv6Address;
};
const both =
  (...changes: readonly Change[]): Change =>
  (world) => {
    for (const change of changes) change(world);
  };
const rulesOf = ({ network }: World, id = instanceGroup) => {
  const found = network.groups.find(({ groupId }) => groupId === id);
  if (!found) throw new Error(`No group ${id}`);
  return found;
};
const admits =
  (...rules: ReturnType<typeof ssh>[]): Change =>
  (world) => {
    rulesOf(world).ingress = rules;
  };
const lets =
  (...rules: ReturnType<typeof ssh>[]): Change =>
  (world) => {
    rulesOf(world, endpointGroup).egress = rules;
  };
const preserving: Change = ({ endpoint }) => {
  if (endpoint) Object.assign(endpoint, { preservesClientIp: true, ipAddressType: "ipv4" });
};
const list =
  (id: string, ...cidrs: string[]): Change =>
  ({ network }) =>
    void network.prefixLists.set(id, cidrs);

type Entry = ReturnType<typeof defaultEntries>[number] & { ports?: { first: number; last: number } };
/** An entry for TCP. */
const entry = (ruleNumber: number, way: "in" | "out", action: "allow" | "deny", cidr: string, ports: string): Entry => {
  const [first = 0, last = first] = ports.split("-").map(Number);
  return {
    ruleNumber,
    isEgress: way === "out",
    protocol: "6",
    cidr,
    allows: action === "allow",
    ports: { first, last },
  };
};
/** A custom ACL of the instance's subnet, or of the endpoint's, which ends with the rules that deny the rest. */
const acl =
  (of: "instance" | "endpoint", ...entries: Entry[]): Change =>
  ({ network }) => {
    const found = network.acls[of === "instance" ? 0 : 1];
    if (found) found.entries = [...entries, ...defaultEntries().filter(({ allows }) => !allows)];
  };
const allIn = entry(100, "in", "allow", "0.0.0.0/0", "0-65535");
const allOut = entry(100, "out", "allow", "0.0.0.0/0", "0-65535");
const route =
  (cidr: string, target: string, isActive = true): Change =>
  ({ network }) => {
    const [table] = network.routeTables;
    if (table) table.routes = [{ cidr, target, isActive }, ...table.routes.filter((each) => each.cidr !== cidr)];
  };
const noRoute =
  (cidr: string): Change =>
  ({ network }) => {
    for (const table of network.routeTables) table.routes = table.routes.filter((each) => each.cidr !== cidr);
  };
const image =
  (name: string | undefined): Change =>
  (world) => {
    world.imageName = name;
  };
const endpointIs =
  (change: Partial<NonNullable<World["endpoint"]>>): Change =>
  ({ endpoint }) =>
    void Object.assign(endpoint ?? {}, change);
const instanceIs =
  (change: Partial<World["instance"]>): Change =>
  ({ instance }) =>
    void Object.assign(instance, change);
const from =
  (sourceIp: string | undefined): Change =>
  (world) => {
    world.sourceIp = sourceIp;
  };
const same: Change = ({ endpoint, network }) => {
  if (endpoint) endpoint.subnetId = network.subnets[0]?.subnetId ?? "";
};
/** Of another account, so that its endpoint does not show. */
const shared: Change = (world) => {
  for (const subnet of world.network.subnets) subnet.ownerId = "999999999999";
};

const settings = { fips: false, serialConsole: false };

function checked(world: World, connectionType: "direct" | "eice", check: Check): ReachabilityCheck | undefined {
  const { instance, network, imageName, sourceIp } = world;
  const endpoints = world.endpoint ? [world.endpoint] : [];
  const option = connectionOptions(instance, endpoints, settings).find(
    (each) => each.connectionType === connectionType,
  );
  if (!option) throw new Error("Both types are options");
  const around = { instance, endpoints, network, imageName, sourceIp, fips: false };
  return checksOf(option, around).find((each) => each.check === check);
}

const eice: Record<"fails" | "unknown" | "passes", (Row | Failure)[]> = {
  fails: [
    [
      "a stopped instance",
      pages.lifecycle,
      instanceIs({ state: "stopped" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "a pending instance",
      pages.lifecycle,
      instanceIs({ state: "pending" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "a terminated instance",
      pages.lifecycle,
      instanceIs({ state: "terminated" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "Windows, for which there is no agent",
      pages.prerequisites,
      instanceIs({ platform: "windows" }),
      "platform",
      ({ instance }) => void delete instance.platform,
    ],
    [
      "a Local Zone",
      pages.instanceConnect,
      instanceIs({ availabilityZone: "us-east-1-bos-1a" }),
      "zone",
      instanceIs({ availabilityZone: "us-east-1a" }),
    ],
    [
      "Amazon Linux 2023's minimal image",
      pages.setUp,
      image("al2023-ami-minimal-2023.9.20251020.0-kernel-6.1-arm64"),
      "agent",
      image("al2023-ami-2023.9.20251020.0-kernel-6.1-arm64"),
    ],
    [
      "Amazon Linux 2 from before the agent",
      pages.setUp,
      image("amzn2-ami-hvm-2.0.20190508-x86_64-gp2"),
      "agent",
      image("amzn2-ami-hvm-2.0.20190618-x86_64-gp2"),
    ],
    [
      "Ubuntu 18.04, on which it can be installed",
      pages.setUp,
      image("ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-20230101"),
      "agent",
      image("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20230101"),
    ],
    [
      "Red Hat's image, on which it can be installed",
      pages.setUp,
      image("RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3"),
      "agent",
      image("al2023-ami-2023.9.20251020.0-kernel-6.1-x86_64"),
    ],
    [
      "an old macOS",
      pages.setUp,
      image("amzn-ec2-macos-13.2-20230201-arm64"),
      "agent",
      image("amzn-ec2-macos-13.6.3-20240101-arm64"),
    ],
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
      "an endpoint for IPv4 alone, and an IPv6 address",
      pages.createEndpoint,
      both(byIpv6, endpointIs({ ipAddressType: "ipv4" })),
      "endpoint",
      endpointIs({ ipAddressType: "dualstack" }),
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
      "an endpoint whose groups let IPv4 out, and an IPv6 address",
      pages.endpointGroups,
      both(byIpv6, lets(ssh({ cidrs: ["0.0.0.0/0"] }))),
      "endpoint-security-groups",
      lets(ssh({ cidrs: ["2001:db8::/56"] })),
    ],
    [
      "an endpoint whose groups let traffic to another group out",
      pages.endpointGroups,
      lets(ssh({ groupIds: ["sg-00000000000000009"] })),
      "endpoint-security-groups",
      lets(ssh({ groupIds: [instanceGroup] })),
    ],
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
    [
      "a prefix list without the endpoint's subnet",
      pages.prefixLists,
      both(list("pl-1", "10.0.9.0/24"), admits(ssh({ prefixListIds: ["pl-1"] }))),
      "instance-security-groups",
      list("pl-1", "10.0.9.0/24", "10.0.2.0/24"),
    ],
    [
      "an ACL of the endpoint's subnet that lets no SSH out",
      pages.acls,
      acl("endpoint", allIn, entry(100, "out", "allow", "0.0.0.0/0", "443")),
      "endpoint-network-acl",
      acl(
        "endpoint",
        allIn,
        entry(100, "out", "allow", "0.0.0.0/0", "443"),
        entry(110, "out", "allow", "10.0.0.0/16", "22"),
      ),
    ],
    [
      "an ACL of the endpoint's subnet that takes no responses",
      pages.ephemeral,
      acl("endpoint", entry(100, "in", "allow", "0.0.0.0/0", "22"), allOut),
      "endpoint-network-acl",
      acl("endpoint", entry(100, "in", "allow", "10.0.0.0/16", "1024-65535"), allOut),
    ],
    [
      "an ACL of the instance's subnet that denies SSH before it allows it",
      pages.aclRules,
      acl("instance", entry(90, "in", "deny", "10.0.2.0/24", "22"), allIn, allOut),
      "instance-network-acl",
      acl("instance", entry(110, "in", "deny", "10.0.2.0/24", "22"), allIn, allOut),
    ],
    [
      "an ACL of the instance's subnet that lets no responses out",
      pages.customAcl,
      acl("instance", allIn, entry(100, "out", "allow", "0.0.0.0/0", "80-443")),
      "instance-network-acl",
      acl("instance", allIn, entry(100, "out", "allow", "10.0.2.0/24", "1024-65535")),
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
    [
      "an ACL that allows UDP alone",
      pages.aclEntry,
      acl("instance", { ...allIn, protocol: "17" }, allOut),
      "instance-network-acl",
      acl("instance", { ...allIn, protocol: "-1" }, allOut),
    ],
    [
      "an ACL of the instance's subnet that admits the endpoint, which keeps the client's address",
      pages.endpointGroups,
      both(preserving, acl("instance", entry(100, "in", "allow", "10.0.0.0/16", "22"), allOut)),
      "instance-network-acl",
      acl("instance", entry(100, "in", "allow", "198.51.100.0/24", "22"), allOut),
    ],
    [
      "a new ACL, which denies everything",
      pages.customAcl,
      acl("instance"),
      "instance-network-acl",
      acl("instance", allIn, allOut),
    ],
  ],
  unknown: [
    ["a state that EC2 did not have", pages.lifecycle, instanceIs({ state: "hibernating" }), "instance-state"],
    ["a Wavelength Zone", pages.instanceConnect, instanceIs({ availabilityZone: "us-east-1-wl1-bos-wlz-1" }), "zone"],
    [
      "an Outpost",
      pages.instanceConnect,
      ({ network }) => {
        network.subnets = network.subnets.map((each) => ({
          ...each,
          outpostArn: "arn:aws:outposts:us-east-1:111122223333:outpost/op-0",
        }));
      },
      "zone",
    ],
    [
      "a subnet that could not be described",
      pages.instanceConnect,
      ({ network }) => {
        network.subnets = [];
      },
      "zone",
    ],
    ["an image of the company's own", pages.setUp, image("golden-2026-10"), "agent"],
    ["an image that is gone", pages.setUp, image(undefined), "agent"],
    ["Debian's image, which AWS does not list", pages.setUp, image("debian-12-amd64-20240101-1614"), "agent"],
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
      "a prefix list that could not be read",
      pages.prefixLists,
      admits(ssh({ prefixListIds: ["pl-2"] })),
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
    [
      "an ACL that could not be described",
      pages.acls,
      ({ network }) => {
        network.acls = [];
      },
      "instance-network-acl",
    ],
    [
      "an ACL that denies a part of the responses",
      pages.ephemeral,
      acl("instance", allIn, entry(90, "out", "deny", "0.0.0.0/0", "40000-40999"), allOut),
      "instance-network-acl",
    ],
    [
      "an ACL that allows a part of the endpoint's subnet",
      pages.aclRules,
      acl("instance", entry(100, "in", "allow", "10.0.2.128/25", "22"), allOut),
      "instance-network-acl",
    ],
  ],
  passes: [
    ["a running instance", pages.lifecycle, () => {}, "instance-state"],
    ["an availability zone", pages.instanceConnect, () => {}, "zone"],
    ["Amazon Linux 2023", pages.setUp, () => {}, "agent"],
    ["Ubuntu 24.04", pages.setUp, image("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240423"), "agent"],
    ["macOS 15", pages.setUp, image("amzn-ec2-macos-15.1-20241101-arm64"), "agent"],
    ["an endpoint in the VPC", pages.endpoint, () => {}, "endpoint"],
    [
      "an endpoint of which an update failed: it works as before",
      pages.endpointState,
      endpointIs({ state: "update-failed" }),
      "endpoint",
    ],
    [
      "an endpoint for IPv6, and an IPv6 address",
      pages.createEndpoint,
      both(byIpv6, endpointIs({ ipAddressType: "ipv6" })),
      "endpoint",
    ],
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
      "a prefix list with the VPC",
      pages.prefixLists,
      both(list("pl-1", "192.0.2.0/24", "10.0.0.0/16"), admits(ssh({ prefixListIds: ["pl-1"] }))),
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
    [
      "an endpoint whose groups let nobody in: its service does not need it",
      pages.endpointGroups,
      (world) => {
        rulesOf(world, endpointGroup).ingress = [];
      },
      "endpoint-security-groups",
    ],
    [
      "endpoint and instance in one subnet, whose ACL denies everything",
      pages.acls,
      both(same, acl("instance")),
      "endpoint-network-acl",
    ],
    [
      "an ACL that allows SSH, and responses from port 1024 on",
      pages.ephemeral,
      acl(
        "instance",
        entry(100, "in", "allow", "10.0.2.0/24", "22"),
        entry(100, "out", "allow", "10.0.2.0/24", "1024-65535"),
      ),
      "instance-network-acl",
    ],
    [
      "an ACL that denies after it has allowed",
      pages.aclRules,
      acl("instance", allIn, allOut, entry(200, "in", "deny", "0.0.0.0/0", "22")),
      "instance-network-acl",
    ],
    [
      "an ACL whose entries are listed in another order than numbered",
      pages.aclRules,
      acl("instance", entry(200, "in", "deny", "0.0.0.0/0", "22"), allOut, allIn),
      "instance-network-acl",
    ],
    ["a shared VPC in which the account has an endpoint", pages.sharing, shared, "endpoint"],
  ],
};

const direct: typeof eice = {
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
      "an instance that admits IPv4, reached by IPv6",
      pages.groupRules,
      both(byIpv6, from("2001:db8:ffff::7"), admits(ssh({ cidrs: ["0.0.0.0/0"] }))),
      "instance-security-groups",
      admits(ssh({ cidrs: ["2001:db8:ffff::7/128"] })),
    ],
    [
      "an instance that admits port 22, while its sshd has another",
      pages.groupRules,
      both(instanceIs({ tags: { "latchkey:ssh-port": "2222" } })),
      "instance-security-groups",
      admits({ ...ssh({ cidrs: ["198.51.100.0/24"] }), ports: { first: 2222, last: 2222 } }),
    ],
    [
      "a prefix list without the client's address",
      pages.prefixLists,
      both(list("pl-1", "192.0.2.0/24"), admits(ssh({ prefixListIds: ["pl-1"] }))),
      "instance-security-groups",
      list("pl-1", "198.51.100.0/25"),
    ],
    [
      "an ACL that denies the client's network first",
      pages.aclRules,
      acl("instance", entry(10, "in", "deny", "198.51.100.0/24", "0-65535"), allIn, allOut),
      "instance-network-acl",
      acl("instance", allIn, allOut),
    ],
    [
      "an ACL that allows SSH from elsewhere",
      pages.aclRules,
      acl("instance", entry(120, "in", "allow", "192.0.2.0/24", "22"), allOut),
      "instance-network-acl",
      acl("instance", entry(120, "in", "allow", "198.51.100.0/24", "22"), allOut),
    ],
    [
      "an ACL that sends responses to the VPC alone",
      pages.ephemeral,
      acl("instance", allIn, entry(100, "out", "allow", "10.0.0.0/16", "0-65535")),
      "instance-network-acl",
      acl("instance", allIn, entry(100, "out", "allow", "0.0.0.0/0", "32768-65535")),
    ],
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
    ["a private address: nobody sees here how to get there", pages.prerequisites, privately, "route"],
    [
      "a request by IPv6, for an IPv4 address that admits one network",
      pages.groupRules,
      from("2001:db8:ffff::7"),
      "instance-security-groups",
    ],
    ["a request without an address", pages.groupRules, from(undefined), "instance-security-groups"],
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
    [
      "a gateway for some networks, and a client whose address is not known",
      pages.gateway,
      both(from(undefined), noRoute("0.0.0.0/0"), route("192.0.2.0/24", "igw-00000000000000001")),
      "route",
    ],
    [
      "an ACL for some networks, and a client whose address is not known",
      pages.aclRules,
      both(from(undefined), acl("instance", entry(120, "in", "allow", "192.0.2.0/24", "22"), allOut)),
      "instance-network-acl",
    ],
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
      "an IPv6 address that admits the client's network",
      pages.groupRules,
      both(byIpv6, from("2001:db8:ffff::7")),
      "instance-security-groups",
    ],
    [
      "a private address, and a client in the VPC that it admits",
      pages.groupRules,
      both(privately, from("10.0.5.5"), admits(ssh({ cidrs: ["10.0.0.0/16"] }))),
      "instance-security-groups",
    ],
    ["a private address, and a client in the VPC", pages.tables, both(privately, from("10.0.5.5")), "route"],
    [
      "responses from port 32768 on, as in AWS's own example",
      pages.customAcl,
      acl(
        "instance",
        entry(120, "in", "allow", "198.51.100.0/24", "22"),
        entry(140, "out", "allow", "0.0.0.0/0", "32768-65535"),
      ),
      "instance-network-acl",
    ],
    ["the main table, for a subnet without its own", pages.tables, () => {}, "route"],
    [
      "a route to the client's network alone",
      pages.gateway,
      both(noRoute("0.0.0.0/0"), route("198.51.100.0/24", "igw-00000000000000001")),
      "route",
    ],
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
    ["an IPv6 address with a route to the internet gateway", pages.gateway, byIpv6, "route"],
  ],
};

describe.each([
  ["eice", eice],
  ["direct", direct],
] as const)("%s", (type, { fails, unknown, passes }) => {
  test.each(fails as Failure[])("fails: %s (%s)", (_, _page, change, check, fix) => {
    const world = openWorld();
    change(world);
    const found = checked(world, type, check);
    expect(found).toMatchObject({ result: "fail" });
    // What was found, and what to change.
    expect(found?.detail).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
    fix(world);
    // Windows has a check of its own, which others do not need.
    expect(checked(world, type, check)?.result ?? "pass").toBe("pass");
  });

  test.each(unknown as Row[])("unknown: %s (%s)", (_, _page, change, check) => {
    const world = openWorld();
    change(world);
    expect(checked(world, type, check)).toMatchObject({ result: "unknown" });
  });

  test.each(passes as Row[])("passes: %s (%s)", (_, _page, change, check) => {
    const world = openWorld();
    change(world);
    expect(checked(world, type, check)).toMatchObject({ result: "pass" });
  });
});

test("nothing is known of an instance whose surroundings could not be described, but what its own description says", () => {
  const world = { ...openWorld(), imageName: undefined, network: {} };
  const { instance, endpoint } = world;
  const around = {
    instance,
    endpoints: endpoint ? [endpoint] : [],
    network: {},
    imageName: undefined,
    sourceIp: undefined,
    fips: false,
  };
  const results = connectionOptions(instance, around.endpoints, settings).flatMap((option) =>
    checksOf(option, around).map(({ check, result }) => `${option.connectionType} ${check} ${result}`),
  );
  expect(results.filter((each) => !each.endsWith(" unknown"))).toEqual([
    "direct instance-state pass",
    "eice instance-state pass",
    "eice endpoint pass",
  ]);
});
