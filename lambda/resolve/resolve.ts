import type { ConnectionOption } from "../../contract/instance.ts";
import type { AddressKind, Endpoint, Instance } from "../shared/instance.ts";
import { type ConnectionOptions, contradictionIn, effectiveType, type InvalidOptions } from "./connection-options.ts";
import { type ChosenEndpoint, chooseEndpoint, type EndpointNeed, type TunnelKind } from "./endpoint-choice.ts";
import { isSameIpAddress } from "./ip-address.ts";
import { serialConsoleOf, serialConsolePort } from "./serial-consoles.ts";

interface Destination {
  /** The address to dial, in the instance's own spelling; or the name of what serves its serial console. */
  readonly host: string;
  readonly port: number;
  /** AWS's name for `host`; only primary IPv4 addresses have one. */
  readonly dnsName?: string;
}

/** How the instance is reached. */
export type NetworkRoute =
  | (Destination & { readonly connectionType: "direct"; readonly endpoint?: never })
  | (Destination & { readonly connectionType: "eice"; readonly endpoint: ChosenEndpoint })
  | (Destination & {
      readonly connectionType: "serial";
      readonly endpoint?: never;
      /** The one host key to accept has it. */
      readonly hostKeyFingerprint: string;
    });

/** Why there is no route; `reason` is one sentence that helps, and never echoes the caller's input. */
export type Unreachable =
  | InvalidOptions
  | { readonly code: "no-route-to-instance" | "endpoint-unavailable"; readonly reason: string };

export type Resolution = { readonly route: NetworkRoute } | { readonly unreachable: Unreachable };

export interface ResolveSettings {
  /** Use the FIPS names of endpoints, and no other. */
  readonly fips: boolean;
  /** The serial console may be reached at all. */
  readonly serialConsole: boolean;
}

/** On an instance: the port its sshd listens on, for direct connections. */
const sshPortTag = "latchkey:ssh-port";
/** sshd's own port. Through an endpoint it is always this one: the push role may open tunnels to no other. */
const defaultPort = 22;

type Step =
  | { readonly connectionType: "direct"; readonly kind: AddressKind }
  | { readonly connectionType: "eice"; readonly kind: TunnelKind };

/**
 * What is tried for each type; the first that works is the route. The order is the AWS CLI's, but the CLI stops at the
 * first address there is: that `auto` goes on to IPv6 where no endpoint serves the private one is the AWS user guide's.
 */
const steps: Readonly<Record<Exclude<ConnectionOptions["connectionType"], "serial">, readonly Step[]>> = {
  auto: [
    { connectionType: "direct", kind: "public" },
    { connectionType: "eice", kind: "private" },
    { connectionType: "direct", kind: "ipv6" },
  ],
  direct: [
    { connectionType: "direct", kind: "public" },
    { connectionType: "direct", kind: "ipv6" },
    { connectionType: "direct", kind: "private" },
  ],
  eice: [
    { connectionType: "eice", kind: "private" },
    { connectionType: "eice", kind: "ipv6" },
  ],
};

/**
 * Decides how an instance is reached. It looks neither at the instance's state nor at who asks, and never throws.
 *
 * Without `ipAddress` it chooses among the primary addresses. With it, that address is used as it is or not at all. An
 * instance whose port tag is no port has no direct route unless the options names a port; under `auto` the next step, the
 * endpoint, is then tried, because a tunnel ignores the tag.
 *
 * @returns the route, or why there is none:
 * - `invalid-request`: the options contradicts itself, or `ipAddress` is not one of the instance's addresses
 * - `endpoint-unavailable`: `eice`, and no endpoint (or not the one asked for) can carry any of the addresses
 * - `no-route-to-instance`: no address of a kind that the type can reach, no valid port, nothing left for `auto`, or no
 *   serial console
 */
export function resolve(
  instance: Instance,
  endpoints: readonly Endpoint[],
  options: ConnectionOptions,
  settings: ResolveSettings,
): Resolution {
  const contradiction = contradictionIn(options);
  if (contradiction) return { unreachable: contradiction };

  const addresses = addressesToTry(instance, options.ipAddress);
  if (!addresses) {
    return {
      unreachable: {
        code: "invalid-request",
        pointer: "/ipAddress",
        reasonCode: "not-an-address-of-the-instance",
        reason: "The instance has no such IP address.",
      },
    };
  }

  const type = effectiveType(options);
  if (type === "serial") return toSerialConsole(instance, settings);
  let obstacle: Unreachable | undefined;
  for (const { connectionType, kind } of steps[type]) {
    const host = addresses[kind];
    if (host === undefined) continue;
    const attempt =
      connectionType === "direct"
        ? directly(instance, host, options.port)
        : throughEndpoint(instance, host, endpoints, { endpointId: options.endpointId, kind, fips: settings.fips });
    if ("route" in attempt) return attempt;
    obstacle ??= attempt.unreachable;
  }
  obstacle ??= noRoute(
    type === "eice"
      ? "An Instance Connect Endpoint reaches private IPv4 and IPv6 addresses only."
      : "The instance has no primary IP address.",
  );
  return { unreachable: type === "auto" ? noRoute(obstacle.reason) : obstacle };
}

/** One option per connection type, `direct` and then `eice`: what a request for that type alone would get, or why not. */
export function connectionOptions(
  instance: Instance,
  endpoints: readonly Endpoint[],
  settings: ResolveSettings,
): ConnectionOption[] {
  return (["direct", "eice"] as const).map((connectionType) => {
    const resolution = resolve(instance, endpoints, { connectionType }, settings);
    if ("unreachable" in resolution) return { connectionType, usable: false, reason: resolution.unreachable.reason };
    const { host, port, endpoint } = resolution.route;
    return { connectionType, host, port, ...(endpoint && { endpointId: endpoint.endpointId }), usable: true };
  });
}

/** The address of each kind to choose from; undefined where one is asked for that is not the instance's. */
function addressesToTry(
  instance: Instance,
  asked: string | undefined,
): Partial<Record<AddressKind, string | undefined>> | undefined {
  if (asked === undefined) {
    return { public: instance.publicIpAddress, ipv6: instance.ipv6Address, private: instance.privateIpAddress };
  }
  const own = instance.addresses.find(({ address }) => isSameIpAddress(address, asked));
  return own && { [own.kind]: own.address };
}

function directly(instance: Instance, host: string, requestedPort: number | undefined): Resolution {
  const port = requestedPort ?? taggedPort(instance.tags[sshPortTag]);
  if (port === undefined) return { unreachable: noRoute(`The instance's tag ${sshPortTag} is not a port number.`) };
  return { route: { connectionType: "direct", host, port, ...dnsNameOf(instance, host) } };
}

/** Digits only, since `Number` would also take "", " 22" and "0x16"; no leading zero, which some read as octal. */
function taggedPort(tag: string | undefined): number | undefined {
  if (tag === undefined) return defaultPort;
  return /^[1-9][0-9]{0,4}$/.test(tag) && Number(tag) <= 65_535 ? Number(tag) : undefined;
}

function throughEndpoint(
  instance: Instance,
  host: string,
  endpoints: readonly Endpoint[],
  need: EndpointNeed,
): Resolution {
  const endpoint = chooseEndpoint(instance, endpoints, need);
  if ("reason" in endpoint) return { unreachable: { code: "endpoint-unavailable", reason: endpoint.reason } };
  return { route: { connectionType: "eice", host, port: defaultPort, ...dnsNameOf(instance, host), endpoint } };
}

/**
 * The region's host serves the consoles of all its instances: neither an address of the instance nor an endpoint matters. AWS
 * publishes no FIPS name of it, so no stack has both settings (`lib/settings.ts`).
 */
function toSerialConsole({ region }: Instance, { serialConsole }: ResolveSettings): Resolution {
  if (!serialConsole) return { unreachable: noRoute("The stack's setting serialConsole is off.") };
  const found = serialConsoleOf(region);
  if (!found) return { unreachable: noRoute("AWS publishes no serial console for the instance's region.") };
  const { host, fingerprint } = found;
  return { route: { connectionType: "serial", host, port: serialConsolePort, hostKeyFingerprint: fingerprint } };
}

/** EC2 answers with an empty name where DNS host names are off in the VPC. */
function dnsNameOf(instance: Instance, host: string): { dnsName?: string } {
  const { publicIpAddress, publicDnsName, privateIpAddress, privateDnsName } = instance;
  if (host === publicIpAddress && publicDnsName) return { dnsName: publicDnsName };
  if (host === privateIpAddress && privateDnsName) return { dnsName: privateDnsName };
  return {};
}

function noRoute(reason: string): Unreachable {
  return { code: "no-route-to-instance", reason };
}
