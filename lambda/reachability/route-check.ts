import { isIPv6 } from "node:net";
import type { ReachabilityCheck } from "../../contract/instance.ts";
import { fail, pass, unknown } from "./check.ts";
import { commonRange, contains, type IpRange, isPrivate, readRange } from "./ip-range.ts";
import type { Network, Route, RouteTable } from "./network.ts";
import type { OtherSide } from "./other-side.ts";

const check = "route";

/** Gateways by the start of their ids, and what they are called. */
const oneWayGateways = [
  ["eigw-", "egress-only internet gateway"],
  ["nat-", "NAT gateway"],
] as const;

/** Whether packets get from the instance's subnet to a client, and so from the client to the instance. */
export function routeCheck(
  { vpcId, subnetId }: { readonly vpcId?: string | undefined; readonly subnetId: string | undefined },
  { host, otherSide, network }: { readonly host: string; readonly otherSide: OtherSide; readonly network: Network },
): ReachabilityCheck {
  const table = tableOf(network.routeTables, { vpcId, subnetId });
  if (!table) return unknown(check, "The subnet's route table could not be described.");
  const { routeTableId: id } = table;
  const everything = isIPv6(host) ? "::/0" : "0.0.0.0/0";
  const route = routeTo(table, otherSide.addresses, network);
  if (route === "unknown") return unknown(check, `Which route of ${id} leads to you cannot be told from here.`);
  if (isPrivate(host)) return privateRoute(table, route);
  const fix = `Add a route to ${everything} through an internet gateway, or use a subnet that has one.`;
  if (!route) return fail(check, `Route table ${id} of ${subnetId} has no route to ${otherSide.name}.`, fix);
  const { target, isActive } = route;
  if (!isActive) return fail(check, `The route of ${id} to ${otherSide.name} is a black hole.`, fix);
  if (target.startsWith("igw-")) return pass(check, `Route table ${id} leads to the internet gateway ${target}.`);
  const oneWay = oneWayGateways.find(([prefix]) => target.startsWith(prefix));
  if (oneWay) {
    const gateway = `the ${oneWay[1]} ${target}`;
    return fail(check, `The route of ${id} to ${otherSide.name} is ${gateway}, which lets nobody in.`, fix);
  }
  return unknown(
    check,
    `The route of ${id} to ${otherSide.name} is ${target}, and what lies behind is not known here.`,
  );
}

/** Nobody sees here which networks lead to the VPC, only the way back. */
function privateRoute({ routeTableId }: RouteTable, route: Route | undefined): ReachabilityCheck {
  if (route?.target === "local") return pass(check, "Your address is in the same VPC.");
  return unknown(
    check,
    `The address is private: whether your network reaches the VPC, by peering, VPN or Direct Connect, does not show in ${routeTableId}.`,
  );
}

/** A subnet without a table of its own has the VPC's main one. */
function tableOf(
  tables: readonly RouteTable[] = [],
  { vpcId, subnetId }: { readonly vpcId?: string | undefined; readonly subnetId: string | undefined },
): RouteTable | undefined {
  return (
    tables.find(({ subnetIds }) => subnetId !== undefined && subnetIds.includes(subnetId)) ??
    tables.find((each) => each.isMain && each.vpcId === vpcId)
  );
}

/**
 * The route with the longest prefix that leads to all of these addresses; `unknown` if only a part of them may have one.
 * Of equal prefixes the lower rank decides. Routes to gateway endpoints do not count: their prefix lists have addresses of
 * an AWS service, where no client is.
 */
function routeTo(table: RouteTable, addresses: IpRange, { prefixLists }: Network): Route | undefined | "unknown" {
  let [best, size]: [Route | undefined, bigint] = [undefined, -1n];
  let isPartlyPublic = false;
  for (const route of table.routes.toSorted((one, other) => rank(one) - rank(other))) {
    if (route.target.startsWith("vpce-")) continue;
    const cidrs = route.cidr === undefined ? prefixLists?.get(route.prefixListId ?? "") : [route.cidr];
    if (cidrs === undefined) return "unknown";
    for (const range of cidrs.flatMap((cidr) => readRange(cidr) ?? [])) {
      const length = range.last - range.first;
      if (route.target.startsWith("igw-") && commonRange(range, addresses)) isPartlyPublic = true;
      if (contains(range, addresses) && (size < 0n || length < size)) [best, size] = [route, length];
    }
  }
  return best ?? (isPartlyPublic ? "unknown" : undefined);
}

/** Static routes, then those to prefix lists, then propagated ones (VPC User Guide, "How route priority works"). */
const rank = ({ isPropagated, prefixListId }: Route) => (isPropagated ? 2 : prefixListId === undefined ? 0 : 1);
