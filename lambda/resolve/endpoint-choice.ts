import type { AddressKind, Endpoint, Instance } from "../shared/instance.ts";

/** What a tunnel can lead to: an Instance Connect Endpoint reaches no public IPv4 address. */
export type TunnelKind = Exclude<AddressKind, "public">;

/** An endpoint to open a tunnel through, and the name to open it at. */
export interface ChosenEndpoint {
  readonly endpointId: string;
  readonly dnsName: string;
}

export interface EndpointNeed {
  /** The only endpoint that will do; left out, any of the instance's VPC may be chosen. */
  readonly endpointId?: string | undefined;
  /** What the tunnel is to lead to. */
  readonly kind: TunnelKind;
  /** Only the name of its FIPS-validated entry will do. */
  readonly fips: boolean;
}

/** The states in which the AWS CLI uses an endpoint: an update, even a failed one, leaves it working. */
const usableStates: readonly string[] = ["create-complete", "update-in-progress", "update-failed", "update-complete"];

/** The kinds of endpoint that have an interface of the address's family (AWS user guide; the CLI does not check). */
const carriers: Readonly<Record<TunnelKind, readonly Endpoint["ipAddressType"][]>> = {
  private: ["ipv4", "dualstack"],
  ipv6: ["ipv6", "dualstack"],
};

/**
 * Chooses the Instance Connect Endpoint for a tunnel to an instance: one in its VPC, in a usable state, with a DNS name,
 * and able to carry the address. One in the instance's own subnet wins over the first of the VPC (AWS CLI).
 *
 * @returns the endpoint, or one sentence that says what the VPC lacks.
 */
export function chooseEndpoint(
  instance: Instance,
  endpoints: readonly Endpoint[],
  { endpointId, kind, fips }: EndpointNeed,
): ChosenEndpoint | { readonly reason: string } {
  const named = endpointId === undefined ? "" : " with the id that was asked for";
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

  const capable = reachable.filter(({ ipAddressType }) => carriers[kind].includes(ipAddressType));
  const chosen = capable.find(({ subnetId }) => subnetId === instance.subnetId) ?? capable[0];
  if (!chosen) return lacks(`usable Instance Connect Endpoint that carries ${kind === "ipv6" ? "IPv6" : "IPv4"}`);

  return { endpointId: chosen.endpointId, dnsName: chosen.dnsName };
}
