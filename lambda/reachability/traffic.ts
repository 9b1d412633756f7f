import { commonRange, type IpRange } from "./ip-range.ts";

/** Both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Packets of TCP: every pair of an address of the other side and a port of the destination. */
export interface Traffic {
  readonly addresses: IpRange;
  readonly ports: PortRange;
}

export interface Rule extends Traffic {
  readonly allows: boolean;
}

export const allPorts: PortRange = { first: 0, last: 65_535 };

/**
 * How much of the traffic is allowed by rules of which the first that matches a packet decides. What none matches is denied.
 * If every rule allows, as in security groups, their order does not matter.
 */
export function allowedPart(rules: readonly Rule[], traffic: Traffic): "all" | "some" | "none" {
  let undecided: readonly Traffic[] = [traffic];
  let [someAllowed, someDenied] = [false, false];
  for (const rule of rules) {
    const rest: Traffic[] = [];
    for (const each of undecided) {
      const matched = common(each, rule);
      if (matched === undefined) {
        rest.push(each);
        continue;
      }
      if (rule.allows) someAllowed = true;
      else someDenied = true;
      rest.push(...without(each, matched));
    }
    undecided = rest;
  }
  if (!someAllowed) return "none";
  return someDenied || undecided.length > 0 ? "some" : "all";
}

function common(one: Traffic, other: Traffic): Traffic | undefined {
  const first = Math.max(one.ports.first, other.ports.first);
  const last = Math.min(one.ports.last, other.ports.last);
  const addresses = commonRange(one.addresses, other.addresses);
  return addresses && first <= last ? { addresses, ports: { first, last } } : undefined;
}

/** What is left of a rectangle of addresses and ports without another that is inside it: four pieces at most. */
function without({ addresses, ports }: Traffic, part: Traffic): Traffic[] {
  const { version, first, last } = part.addresses;
  const pieces: Traffic[] = [
    { ports, addresses: { version, first: addresses.first, last: first - 1n } },
    { ports, addresses: { version, first: last + 1n, last: addresses.last } },
    { addresses: part.addresses, ports: { first: ports.first, last: part.ports.first - 1 } },
    { addresses: part.addresses, ports: { first: part.ports.last + 1, last: ports.last } },
  ];
  return pieces.filter((each) => each.addresses.first <= each.addresses.last && each.ports.first <= each.ports.last);
}
