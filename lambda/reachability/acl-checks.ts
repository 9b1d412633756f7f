import type { ReachabilityCheck } from "../../contract/instance.ts";
import { fail, pass, unknown } from "./check.ts";
import { type IpRange, readRange } from "./ip-range.ts";
import type { Network, NetworkAcl } from "./network.ts";
import { allowedPart, allPorts, type PortRange, type Rule } from "./traffic.ts";

/** Traffic through a subnet's network ACL, which is stateless: responses need a rule too. */
export interface AclQuestion {
  readonly check: "instance-network-acl" | "endpoint-network-acl";
  readonly subnetId: string | undefined;
  /** Which way the connection is opened: into the instance's subnet, out of the endpoint's. */
  readonly opens: "inbound" | "outbound";
  /** Of the other end, as the subnet sees it. */
  readonly addresses: IpRange;
  readonly from: string;
  readonly port: number;
}

/**
 * Ports that responses go to: the side that opens the connection chooses. AWS's own example allows from 32768 on, which covers
 * Linux, macOS and Windows; others, such as a NAT gateway, start at 1024 (VPC User Guide, "Ephemeral ports").
 */
const everyEphemeral: PortRange = { first: 1024, last: 65_535 };
const usualEphemeral: PortRange = { first: 32_768, last: 65_535 };

/** Whether a subnet's network ACL lets a connection through in both directions. */
export function aclCheck(question: AclQuestion, { acls }: Network): ReachabilityCheck {
  const { check, subnetId, opens, addresses, from, port } = question;
  const acl = acls?.find(({ subnetIds }) => subnetId !== undefined && subnetIds.includes(subnetId));
  if (!acl) return unknown(check, "The subnet's network ACL could not be described.");
  const back = opens === "inbound" ? "outbound" : "inbound";
  const opening = part(acl, opens, { addresses, ports: { first: port, last: port } });
  const responses = responsesPart(acl, back, addresses);
  const preposition = opens === "inbound" ? "from" : "to";
  if (opening === "none") {
    return fail(
      check,
      `Network ACL ${acl.aclId} of ${subnetId} denies ${opens} TCP port ${port} ${preposition} ${from}.`,
      `Add an ${opens} rule that allows it, with a lower number than any rule that denies it.`,
    );
  }
  if (responses === "none") {
    return fail(
      check,
      `Network ACL ${acl.aclId} of ${subnetId} denies ${back} responses: TCP ports 1024-65535.`,
      `Add an ${back} rule that allows them, with a lower number than any rule that denies them.`,
    );
  }
  if (opening === "all" && responses === "all") {
    return pass(check, `Network ACL ${acl.aclId} of ${subnetId} allows TCP port ${port} and the responses.`);
  }
  const doubt = opening === "some" ? `${opens} TCP port ${port} ${preposition} ${from}` : `${back} responses`;
  return unknown(check, `Network ACL ${acl.aclId} of ${subnetId} allows only a part of the ${doubt}.`);
}

/** Between interfaces of one subnet no network ACL applies. */
export function sameSubnet(check: AclQuestion["check"], subnetId: string): ReachabilityCheck {
  return pass(check, `Endpoint and instance are both in ${subnetId}, where no network ACL comes between.`);
}

function responsesPart(acl: NetworkAcl, direction: "inbound" | "outbound", addresses: IpRange) {
  const every = part(acl, direction, { addresses, ports: everyEphemeral });
  return every === "some" && part(acl, direction, { addresses, ports: usualEphemeral }) === "all" ? "all" : every;
}

function part(
  { entries }: NetworkAcl,
  direction: "inbound" | "outbound",
  traffic: { readonly addresses: IpRange; readonly ports: PortRange },
) {
  const rules = entries
    .filter(({ isEgress, protocol }) => isEgress === (direction === "outbound") && ["-1", "6"].includes(protocol))
    .sort((one, other) => one.ruleNumber - other.ruleNumber)
    .flatMap(({ cidr, protocol, ports, allows }): Rule[] => {
      const range = readRange(cidr);
      return range ? [{ addresses: range, ports: protocol === "-1" ? allPorts : (ports ?? allPorts), allows }] : [];
    });
  return allowedPart(rules, traffic);
}
