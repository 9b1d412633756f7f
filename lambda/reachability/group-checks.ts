import type { ReachabilityCheck } from "../../contract/instance.ts";
import { fail, pass, unknown } from "./check.ts";
import { readRange } from "./ip-range.ts";
import type { Network, NetworkInterface } from "./network.ts";
import type { OtherSide } from "./other-side.ts";
import { passesGroups } from "./security-groups.ts";

/** Whether the security groups of the instance's network interface let the other side in. */
export function instanceGroupsCheck(
  instanceInterface: NetworkInterface | undefined,
  { otherSide, port, network }: { readonly otherSide: OtherSide; readonly port: number; readonly network: Network },
): ReachabilityCheck {
  const check = "instance-security-groups";
  if (!instanceInterface) return unknown(check, "The instance's network interface could not be described.");
  const { groupIds } = instanceInterface;
  const traffic = `TCP port ${port} from ${otherSide.name}`;
  switch (passesGroups({ groupIds, direction: "ingress", otherSide, port }, network)) {
    case "pass":
      return pass(check, `The instance's security groups allow ${traffic}.`);
    case "fail":
      return fail(
        check,
        `No security group of the instance (${listed(groupIds)}) allows ${traffic}.`,
        `Add an inbound rule to one of them: TCP port ${port}, source ${otherSide.source}.`,
      );
    case "unknown":
      return unknown(check, `Whether the instance's security groups allow ${traffic} cannot be told from here.`);
  }
}

/** Whether the endpoint's security groups let it out to the instance. */
export function endpointGroupsCheck(
  { groupIds }: { readonly groupIds?: readonly string[] | undefined },
  {
    host,
    port,
    instanceInterface,
    network,
  }: {
    readonly host: string;
    readonly port: number;
    readonly instanceInterface: NetworkInterface | undefined;
    readonly network: Network;
  },
): ReachabilityCheck {
  const check = "endpoint-security-groups";
  const addresses = readRange(host);
  if (!groupIds || !addresses) return unknown(check, "EC2 does not say which security groups the endpoint has.");
  const traffic = `TCP port ${port} to ${host}`;
  const otherSide = { addresses, groupIds: instanceInterface?.groupIds, name: host, source: host };
  switch (passesGroups({ groupIds, direction: "egress", otherSide, port }, network)) {
    case "pass":
      return pass(check, `The endpoint's security groups allow ${traffic}.`);
    case "fail":
      return fail(
        check,
        `No security group of the endpoint (${listed(groupIds)}) allows ${traffic}.`,
        `Add an outbound rule to one of them: TCP port ${port}, destination ${instanceInterface?.groupIds[0] ?? host}.`,
      );
    case "unknown":
      return unknown(check, `Whether the endpoint's security groups allow ${traffic} cannot be told from here.`);
  }
}

const listed = (ids: readonly string[]) => (ids.length === 0 ? "it has none" : ids.join(", "));
