import { isIPv6 } from "node:net";
import type { ReachabilityCheck } from "../../contract/instance.ts";
import { chooseEndpoint, supporting, usableStates } from "../resolve/endpoint-choice.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { fail, pass, unknown } from "./check.ts";
import type { Network } from "./network.ts";

const check = "endpoint";

/** Whether an Instance Connect Endpoint of the VPC can reach the instance's address. */
export function endpointCheck(
  instance: Instance,
  endpoints: readonly Endpoint[],
  { host, network, fips }: { readonly host: string; readonly network: Network; readonly fips: boolean },
): ReachabilityCheck {
  const inVpc = endpoints.filter(({ vpcId }) => vpcId === instance.vpcId);
  const kind = isIPv6(host) ? "ipv6" : "private";
  const choice = chooseEndpoint(instance, endpoints, { kind, fips });
  if ("endpointId" in choice) return pass(check, `${choice.endpointId} is in the instance's VPC and can be used.`);
  const owner = network.subnets?.find(({ subnetId }) => subnetId === instance.subnetId)?.ownerId;
  if (owner !== undefined && owner !== instance.accountId) {
    return unknown(
      check,
      "The VPC is shared by another account, and an endpoint of that account does not show in this one.",
    );
  }
  if (inVpc.length === 0) {
    return fail(check, "The instance's VPC has no Instance Connect Endpoint.", "Create one in a subnet of the VPC.");
  }
  const working = inVpc.filter(({ state }) => usableStates.includes(state));
  if (working.length === 0) {
    const isComing = inVpc.some(({ state }) => state === "create-in-progress");
    return isComing
      ? fail(check, "The VPC's Instance Connect Endpoint is still being created.", "Wait until it is complete.")
      : fail(
          check,
          "The VPC's Instance Connect Endpoint is not in a usable state.",
          "Delete it, and create another one.",
        );
  }
  if (!working.some(({ ipAddressType }) => supporting[kind].includes(ipAddressType))) {
    const version = kind === "ipv6" ? "IPv6" : "IPv4";
    return fail(
      check,
      `No Instance Connect Endpoint of the VPC supports ${version} addresses.`,
      `Change the endpoint's IP address type to dualstack, in a subnet that has ${version}.`,
    );
  }
  return fail(
    check,
    `The VPC's Instance Connect Endpoint has no ${fips ? "FIPS" : "DNS"} name.`,
    fips ? "Use a region with FIPS endpoints." : "Wait until it has one.",
  );
}
