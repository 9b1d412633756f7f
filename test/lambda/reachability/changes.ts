import { defaultEntries, endpointGroup, instanceGroup, type ssh, type World } from "./networks.ts";

/** Of an open world, so that a check has another verdict. */
export type Change = (world: World) => void;

export const byIpv6: Change = ({ instance }) => {
  delete instance.publicIpAddress;
  delete instance.privateIpAddress;
};
export const privately: Change = ({ instance }) => {
  delete instance.publicIpAddress;
  delete instance.ipv6Address;
};
export const both =
  (...changes: readonly Change[]): Change =>
  (world) => {
    for (const change of changes) change(world);
  };
export const rulesOf = ({ network }: World, id = instanceGroup) => {
  const found = network.groups.find(({ groupId }) => groupId === id);
  if (!found) throw new Error(`No group ${id}`);
  return found;
};
export const admits =
  (...rules: ReturnType<typeof ssh>[]): Change =>
  (world) => {
    rulesOf(world).ingress = rules;
  };
export const lets =
  (...rules: ReturnType<typeof ssh>[]): Change =>
  (world) => {
    rulesOf(world, endpointGroup).egress = rules;
  };
export const preserving: Change = ({ endpoint }) => {
  if (endpoint) Object.assign(endpoint, { preservesClientIp: true, ipAddressType: "ipv4" });
};
export const list =
  (id: string, ...cidrs: string[]): Change =>
  ({ network }) =>
    void network.prefixLists.set(id, cidrs);

type Entry = ReturnType<typeof defaultEntries>[number] & { ports?: { first: number; last: number } };
/** An entry for TCP. */
export const entry = (
  ruleNumber: number,
  way: "in" | "out",
  action: "allow" | "deny",
  cidr: string,
  ports: string,
): Entry => {
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
export const acl =
  (of: "instance" | "endpoint", ...entries: Entry[]): Change =>
  ({ network }) => {
    const found = network.acls[of === "instance" ? 0 : 1];
    if (found) found.entries = [...entries, ...defaultEntries().filter(({ allows }) => !allows)];
  };
export const allIn = entry(100, "in", "allow", "0.0.0.0/0", "0-65535");
export const allOut = entry(100, "out", "allow", "0.0.0.0/0", "0-65535");
export const route =
  (cidr: string, target: string, isActive = true): Change =>
  ({ network }) => {
    const [table] = network.routeTables;
    if (table) table.routes = [{ cidr, target, isActive }, ...table.routes.filter((each) => each.cidr !== cidr)];
  };
export const noRoute =
  (cidr: string): Change =>
  ({ network }) => {
    for (const table of network.routeTables) table.routes = table.routes.filter((each) => each.cidr !== cidr);
  };
export const image =
  (name: string | undefined): Change =>
  (world) => {
    world.imageName = name;
  };
export const endpointIs =
  (change: Partial<NonNullable<World["endpoint"]>>): Change =>
  ({ endpoint }) =>
    void Object.assign(endpoint ?? {}, change);
export const instanceIs =
  (change: Partial<World["instance"]>): Change =>
  ({ instance }) =>
    void Object.assign(instance, change);
export const from =
  (sourceIp: string | undefined): Change =>
  (world) => {
    world.sourceIp = sourceIp;
  };
export const same: Change = ({ endpoint, network }) => {
  if (endpoint) endpoint.subnetId = network.subnets[0]?.subnetId ?? "";
};
/** Of another account, so that its endpoint does not show. */
export const shared: Change = (world) => {
  for (const subnet of world.network.subnets) subnet.ownerId = "999999999999";
};
