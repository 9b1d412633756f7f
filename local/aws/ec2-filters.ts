import type { FleetImage, FleetInstance } from "../fleet/fleet.ts";
import { unknownToStandIn } from "./service-error.ts";

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** `Filter.N.Name` and `Filter.N.Value.M` of the query protocol. */
export function readFilters(parameters: URLSearchParams): Filter[] {
  const filters = new Map<string, { name: string; values: string[] }>();
  for (const [parameter, value] of parameters) {
    const [, number, part] = /^Filter\.(\d+)\.(Name|Value)/.exec(parameter) ?? [];
    if (number === undefined) continue;
    const filter = filters.get(number) ?? { name: "", values: [] };
    filters.set(
      number,
      part === "Name" ? { ...filter, name: value } : { ...filter, values: [...filter.values, value] },
    );
  }
  return [...filters.values()];
}

/** The values that a filter of this name compares. */
type Fields = (name: string) => readonly (string | undefined)[];

const instanceValues: Readonly<Record<string, (instance: FleetInstance) => readonly (string | undefined)[]>> = {
  "instance-id": ({ InstanceId }) => [InstanceId],
  "instance-state-name": ({ State }) => [State.Name],
  "dns-name": ({ PublicDnsName }) => [PublicDnsName],
  "private-dns-name": ({ PrivateDnsName }) => [PrivateDnsName],
  "network-interface.addresses.private-ip-address": ({ PrivateIpAddress, NetworkInterfaces }) => [
    PrivateIpAddress,
    ...NetworkInterfaces.flatMap(({ PrivateIpAddresses }) => PrivateIpAddresses.map((own) => own.PrivateIpAddress)),
  ],
  "network-interface.addresses.association.public-ip": ({ PublicIpAddress, NetworkInterfaces }) => [
    PublicIpAddress,
    ...NetworkInterfaces.flatMap(({ PrivateIpAddresses }) =>
      PrivateIpAddresses.map((own) => own.Association?.PublicIp),
    ),
  ],
  "network-interface.ipv6-addresses.ipv6-address": ({ Ipv6Address, NetworkInterfaces }) => [
    Ipv6Address,
    ...NetworkInterfaces.flatMap(({ Ipv6Addresses }) => Ipv6Addresses.map((own) => own.Ipv6Address)),
  ],
};

export function instanceFields(instance: FleetInstance): Fields {
  return (name) => {
    const read = instanceValues[name];
    if (read) return read(instance);
    if (!name.startsWith("tag:")) throw unknownToStandIn(`the filter ${name}`);
    return [instance.Tags.find(({ Key }) => Key === name.slice("tag:".length))?.Value];
  };
}

export function imageFields(image: FleetImage): Fields {
  return (name) => {
    if (name === "image-id") return [image.ImageId];
    throw unknownToStandIn(`the filter ${name}`);
  };
}

/** All filters must match, each by any of its values; `*` and `?` are wildcards unless escaped by a backslash. */
export function matchesFilters(fieldOf: Fields, filters: readonly Filter[]): boolean {
  return filters.every(({ name, values }) => {
    const actual = fieldOf(name).filter((each) => each !== undefined);
    return values.some((value) => actual.some((each) => wildcard(value).test(each)));
  });
}

function wildcard(value: string): RegExp {
  const pattern = value.replace(/\\([\\*?])|([*?])|[.+^${}()|[\]\\]/g, (match, escaped?: string, wild?: string) => {
    if (wild) return wild === "*" ? ".*" : ".";
    return `\\${escaped ?? match}`;
  });
  return new RegExp(`^${pattern}$`, "s");
}
