import type { ConnectionOption } from "../../contract/instance.ts";
import type { AddressKind, Endpoint, Instance } from "../shared/instance.ts";
import {
  type ConnectionOptions,
  contradictionIn,
  effectiveType,
  type InvalidOptions,
  onlySshPort,
  sshPort,
} from "./connection-options.ts";
import { type ChosenEndpoint, chooseEndpoint, type EndpointNeed, type TunnelKind } from "./endpoint-choice.ts";
import { isSameIpAddress } from "./ip-address.ts";
import { serialConsoleOf, serialConsolePort } from "./serial-consoles.ts";

interface Destination {
  /** The address to connect to, as EC2 spells it, or the host name of the serial console. */
  readonly host: string;
  readonly port: number;
  /** AWS's name for `host`; IPv6 addresses have none. */
  readonly dnsName?: string;
}

/** How the instance is reached. */
export type NetworkRoute =
  | (Destination & { readonly connectionType: "direct"; readonly endpoint?: never })
  | (Destination & { readonly connectionType: "eice"; readonly endpoint: ChosenEndpoint })
  | (Destination & {
      readonly connectionType: "serial";
      readonly endpoint?: never;
      /** Of the one host key to accept. */
      readonly hostKeyFingerprint: string;
    });

/** Why there is no route. `reason` is one sentence that never echoes the caller's input. */
export type Unreachable =
  | InvalidOptions
  | {
      readonly code: "no-route-to-instance" | "endpoint-unavailable" | "not-covered-by-push-tag";
      readonly reason: string;
    };

export type Resolution = { readonly route: NetworkRoute } | { readonly unreachable: Unreachable };

export interface ResolveSettings {
  /** Use only the FIPS names of endpoints. */
  readonly fips: boolean;
  /** Allow connections to serial consoles. */
  readonly serialConsole: boolean;
  /** The tag without which IAM refuses every push to an instance. Undefined: none is needed. */
  readonly pushTag?: { readonly key: string; readonly value: string } | undefined;
}

const withoutPushTag = "The instance does not have the tag that the stack's setting pushTag requires.";

/** On an instance: the port its sshd listens on. */
const sshPortTag = "latchkey:ssh-port";

type Step =
  | { readonly connectionType: "direct"; readonly kind: AddressKind }
  | { readonly connectionType: "eice"; readonly kind: TunnelKind };

/**
 * What each type tries, in order; the first step that works is the route. The order is the AWS CLI's, but the CLI stops at
 * the first address that exists. As the AWS user guide says, `auto` tries IPv6 if no endpoint serves the private address.
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
 * Decides how to reach an instance, regardless of its state and of the caller. It never throws.
 *
 * Without `ipAddress` it chooses among the primary addresses. With it, that address is used as it is or not at all. The options'
 * port comes before the instance's port tag. If either is a port other than 22, no endpoint can be used. A tag that is
 * no port number prevents direct routes only: `auto` then tries the endpoint.
 *
 * @returns the route, or why there is none:
 * - `invalid-request`: the options contradict each other, or `ipAddress` is not one of the instance's addresses
 * - `not-covered-by-push-tag`: the instance does not have the tag of the setting `pushTag`, for any type
 * - `endpoint-unavailable`: `eice`, and no endpoint (or not the requested one) supports any of the addresses
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

  const { pushTag } = settings;
  if (pushTag && !(Object.hasOwn(instance.tags, pushTag.key) && instance.tags[pushTag.key] === pushTag.value)) {
    return { unreachable: { code: "not-covered-by-push-tag", reason: withoutPushTag } };
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
        : throughEndpoint(instance, { host, port: options.port }, endpoints, {
            endpointId: options.endpointId,
            kind,
            fips: settings.fips,
          });
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

/**
 * One option per connection type, `direct` then `eice`: what a request for that type would get, or why it would fail.
 *
 * @param endpoints undefined: they are not known.
 */
export function connectionOptions(
  instance: Instance,
  endpoints: readonly Endpoint[] | undefined,
  settings: ResolveSettings,
): ConnectionOption[] {
  return (["direct", "eice"] as const).map((connectionType) => {
    const resolution = resolve(instance, endpoints ?? [], { connectionType }, settings);
    if ("unreachable" in resolution) {
      const { code, reason } = resolution.unreachable;
      const isUnknown = endpoints === undefined && code === "endpoint-unavailable";
      return { connectionType, usable: false, reason: isUnknown ? unknownEndpoints : reason };
    }
    const { host, port, endpoint } = resolution.route;
    return { connectionType, host, port, ...(endpoint && { endpointId: endpoint.endpointId }), usable: true };
  });
}

const unknownEndpoints =
  "The Instance Connect Endpoints of the instance's account and region were not read. Get the instance by its id.";

/** The address to try of each kind; undefined if the requested one is not the instance's. */
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

/** Digits only, because `Number` accepts "", " 22" and "0x16"; no leading zero, which some tools read as octal. */
function taggedPort(tag: string | undefined): number | undefined {
  if (tag === undefined) return sshPort;
  return /^[1-9][0-9]{0,4}$/.test(tag) && Number(tag) <= 65_535 ? Number(tag) : undefined;
}

function throughEndpoint(
  instance: Instance,
  { host, port: requestedPort }: { readonly host: string; readonly port: number | undefined },
  endpoints: readonly Endpoint[],
  need: EndpointNeed,
): Resolution {
  const port = requestedPort ?? taggedPort(instance.tags[sshPortTag]) ?? sshPort;
  if (port !== sshPort) {
    return {
      unreachable: noRoute(
        requestedPort === undefined
          ? `An Instance Connect Endpoint reaches port ${sshPort} only, and the instance's tag ${sshPortTag} has another port.`
          : onlySshPort,
      ),
    };
  }
  const endpoint = chooseEndpoint(instance, endpoints, need);
  if ("reason" in endpoint) return { unreachable: { code: "endpoint-unavailable", reason: endpoint.reason } };
  return { route: { connectionType: "eice", host, port, ...dnsNameOf(instance, host), endpoint } };
}

/**
 * One host serves all serial consoles of a region, so addresses and endpoints do not matter. AWS publishes no FIPS name for
 * it, so no stack has both settings (`lib/settings.ts`).
 */
function toSerialConsole({ region }: Instance, { serialConsole }: ResolveSettings): Resolution {
  if (!serialConsole) return { unreachable: noRoute("The stack's setting serialConsole is off.") };
  const found = serialConsoleOf(region);
  if (!found) return { unreachable: noRoute("AWS publishes no serial console for the instance's region.") };
  const { host, fingerprint } = found;
  return { route: { connectionType: "serial", host, port: serialConsolePort, hostKeyFingerprint: fingerprint } };
}

function dnsNameOf({ addresses }: Instance, host: string): { dnsName?: string } {
  const dnsName = addresses.find(({ address }) => address === host)?.dnsName;
  return dnsName === undefined ? {} : { dnsName };
}

function noRoute(reason: string): Unreachable {
  return { code: "no-route-to-instance", reason };
}
