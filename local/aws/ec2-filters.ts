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

export function instanceFields({ InstanceId }: FleetInstance): Fields {
  return (name) => {
    if (name === "instance-id") return [InstanceId];
    throw unknownToStandIn(`the filter ${name}`);
  };
}

export function imageFields(image: FleetImage): Fields {
  return (name) => {
    if (name === "image-id") return [image.ImageId];
    throw unknownToStandIn(`the filter ${name}`);
  };
}

/** All filters must match, each by any of its values. Nobody asks with EC2's wildcards. */
export function matchesFilters(fieldOf: Fields, filters: readonly Filter[]): boolean {
  return filters.every(({ name, values }) => {
    const actual = fieldOf(name);
    return values.some((value) => {
      if (/[*?\\]/.test(value)) throw unknownToStandIn("wildcards in filters");
      return actual.includes(value);
    });
  });
}
