import contract from "../../sdk/contract.ts";
import { fits as schemaFits } from "../../sdk/json-schema.ts";
import type { Instance } from "../../sdk/types.ts";
import { isInstanceId } from "../instances/find-target.ts";

/** What stands behind an instance's name or id, so that the block is for these hosts alone. */
export const usualSuffix = ".latchkey";

/**
 * What a host may be called before the suffix: nothing that ssh's patterns, a shell, a file name or an argument would read as
 * more than a name.
 */
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_-])?$/;

/** @returns the instance's name or id in a host that ssh was given; undefined for one that is not ours. */
export function instanceOfHost(host: string, suffix: string): string | undefined {
  const name = host.endsWith(suffix) ? host.slice(0, -suffix.length) : "";
  return hostName.test(name) ? name : undefined;
}

type Named = Pick<Instance, "instanceId" | "name" | "defaultOsUser">;

export interface NamedInstance {
  readonly instanceId: string;
  readonly osUser: string;
  /** Its Name, where ssh can be given that. */
  readonly name?: string;
  /** Its Name, where ssh cannot, and why. */
  readonly leftOut?: { readonly name: string; readonly because: string };
}

/**
 * Which of the instances ssh can be given by their Name. Names that differ by capitals alone count as the same: some file systems
 * take them for that.
 *
 * @param fits whether a host's files have a path that is short enough.
 */
export function namedInstances(
  instances: readonly Named[],
  fits: (name: string, osUser: string) => boolean,
): readonly NamedInstance[] {
  const count = new Map<string, number>();
  // What is no id or user in the API's own terms would begin a line of its own in the block.
  const valid = instances.filter((one) => isInstanceId(one.instanceId) && osUserFits(one.defaultOsUser));
  for (const { name } of valid) if (name !== undefined) count.set(key(name), (count.get(key(name)) ?? 0) + 1);

  return valid.map(({ instanceId, name, defaultOsUser }) => {
    const instance = { instanceId, osUser: defaultOsUser };
    if (name === undefined || name === "") return instance;
    const because = hindrance(name, defaultOsUser, count.get(key(name)) ?? 0, fits);
    return because === undefined ? { ...instance, name } : { ...instance, leftOut: { name, because } };
  });
}

const osUserFits = (osUser: string) => schemaFits(contract.osUser, osUser);

const key = (name: string) => name.toLowerCase();

function hindrance(name: string, osUser: string, count: number, fits: (name: string, osUser: string) => boolean) {
  if (!hostName.test(name)) return "it is no host name";
  if (isInstanceId(name.toLowerCase())) return "it looks like an instance's id";
  if (count > 1) return `${count} instances have it`;
  if (!fits(name, osUser)) return "it is too long for the path of a socket";
  return undefined;
}
