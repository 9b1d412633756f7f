import type { AddressKind, Endpoint, Instance } from "../shared/instance.ts";

/** What a tunnel can reach: an Instance Connect Endpoint cannot connect to a public IPv4 address. */
export type TunnelKind = Exclude<AddressKind, "public">;

/** An endpoint to open a tunnel through, and the name to open it at. */
export interface ChosenEndpoint {
  readonly endpointId: string;
  readonly dnsName: string;
}

export interface EndpointNeed {
  /** The endpoint to use; by default, any in the instance's VPC. */
  readonly endpointId?: string | undefined;
  /** The kind of address that the tunnel must reach. */
  readonly kind: TunnelKind;
  /** Use the endpoint's FIPS name. */
  readonly fips: boolean;
}

/** The states in which the AWS CLI uses an endpoint: an update, even a failed one, leaves it working. */
export const usableStates: readonly string[] = [
  "create-complete",
  "update-in-progress",
  "update-failed",
  "update-complete",
];

/** The endpoint types that support each kind of address (AWS user guide; the CLI does not check). */
export const supporting: Readonly<Record<TunnelKind, readonly Endpoint["ipAddressType"][]>> = {
  private: ["ipv4", "dualstack"],
  ipv6: ["ipv6", "dualstack"],
};

/**
 * Chooses the Instance Connect Endpoint for a tunnel to an instance: one in its VPC, in a usable state, with a DNS name,
 * and of a type that supports the address. It prefers one in the instance's own subnet (AWS CLI).
 *
 * @returns the endpoint, or a sentence that says what the VPC lacks.
 */
export function chooseEndpoint(
  instance: Instance,
  endpoints: readonly Endpoint[],
  { endpointId, kind, fips }: EndpointNeed,
): ChosenEndpoint | { readonly reason: string } {
  const named = endpointId === undefined ? "" : " with the requested id";
  const lacks = (what: string) => ({ reason: `The instance's VPC has no ${what}${named}.` });

  const present = endpoints.filter(
    (endpoint) => endpoint.vpcId === instance.vpcId && (endpointId === undefined || endpoint.endpointId === endpointId),
  );
  if (present.length === 0) return lacks("Instance Connect Endpoint");

  const working = present.filter(({ state }) => usableStates.includes(state));
  if (working.length === 0) return lacks("Instance Connect Endpoint in a usable state");

  const reachable = working.flatMap((endpoint) => {
    const dnsName = fips ? endpoint.fipsDnsName : endpoint.dnsName;
    return dnsName ? [{ ...endpoint, dnsName }] : [];
  });
  if (reachable.length === 0) return lacks(`usable Instance Connect Endpoint that has a ${fips ? "FIPS" : "DNS"} name`);

  const capable = reachable.filter(({ ipAddressType }) => supporting[kind].includes(ipAddressType));
  const chosen = capable.find(({ subnetId }) => subnetId === instance.subnetId) ?? capable[0];
  if (!chosen) return lacks(`usable Instance Connect Endpoint that supports ${kind === "ipv6" ? "IPv6" : "IPv4"}`);

  return { endpointId: chosen.endpointId, dnsName: chosen.dnsName };
}
