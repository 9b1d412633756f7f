import { anyAddress, readRange } from "./ip-range.ts";
import type { GroupRule, Network } from "./network.ts";
import type { OtherSide } from "./other-side.ts";
import { allowedPart, allPorts, type Rule, type Traffic } from "./traffic.ts";

interface GroupQuestion {
  /** Of the network interface whose groups they are. */
  readonly groupIds: readonly string[];
  readonly direction: "ingress" | "egress";
  readonly otherSide: OtherSide;
  readonly port: number;
}

/**
 * Whether the security groups of a network interface let traffic through: one of them is enough. Groups are stateful, so
 * responses need no rule.
 */
export function passesGroups(
  { groupIds, direction, otherSide, port }: GroupQuestion,
  { groups = [], prefixLists = new Map() }: Network,
): "pass" | "fail" | "unknown" {
  const described = groups.filter(({ groupId }) => groupIds.includes(groupId));
  const traffic: Traffic = { addresses: otherSide.addresses, ports: { first: port, last: port } };
  const [certain, possible]: [Rule[], Rule[]] = [[], []];
  for (const rule of described.flatMap((group) => group[direction])) {
    if (!["-1", "tcp", "6"].includes(rule.protocol)) continue;
    const ports = rule.protocol === "-1" ? allPorts : (rule.ports ?? allPorts);
    const rules = (cidrs: readonly string[]): Rule[] =>
      cidrs.flatMap((cidr) => {
        const addresses = readRange(cidr);
        return addresses ? [{ addresses, ports, allows: true }] : [];
      });
    const everybody = [{ addresses: anyAddress(otherSide.addresses.version), ports, allows: true }];
    certain.push(...rules(rule.cidrs));
    for (const id of rule.prefixListIds) {
      const cidrs = prefixLists.get(id);
      if (cidrs === undefined) possible.push(...everybody);
      else certain.push(...rules(cidrs));
    }
    const named = namedBy(rule, otherSide);
    if (named === "yes") certain.push(...everybody);
    else if (named === "maybe") possible.push(...everybody);
  }
  if (allowedPart(certain, traffic) === "all") return "pass";
  const isComplete = described.length === new Set(groupIds).size;
  return isComplete && allowedPart([...certain, ...possible], traffic) === "none" ? "fail" : "unknown";
}

/** Whether the other side has a group that the rule names. */
function namedBy({ groupIds }: GroupRule, otherSide: OtherSide): "yes" | "no" | "maybe" {
  if (groupIds.length === 0) return "no";
  if (otherSide.groupIds === undefined) return "maybe";
  return groupIds.some((id) => otherSide.groupIds?.includes(id)) ? "yes" : "no";
}
