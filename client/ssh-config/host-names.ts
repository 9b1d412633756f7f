import type { Place } from "../../contract/place.ts";
import contract from "../../sdk/contract.ts";
import { fits as schemaFits } from "../../sdk/json-schema.ts";
import type { Instance } from "../../sdk/types.ts";
import { isAddress, isInstanceId } from "../instances/instance-names.ts";
import { placeOf } from "../instances/place.ts";
import type { Target } from "../instances/target.ts";

/** What stands behind an instance's name or id, so that the block is for these hosts alone. */
export const usualSuffix = ".latchkey";

/**
 * What a host may be called before the suffix: nothing that ssh's patterns, a shell, a file name or an argument would read as
 * more than a name.
 */
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_-])?$/;

/** `web-1.eu-west-1.444455556666`: neither an @ nor a slash can stand in a host. A host of this form always names a place. */
const placedHost = /^(?<named>.+)\.(?<region>[a-z0-9-]{1,32})\.(?<accountId>[0-9]{12})$/;

const hostIn = (text: string, { region, accountId }: Place) => `${text}.${region}.${accountId}`;

/** @returns the instance in a host that ssh was given; undefined for one that is not ours. */
export function targetOfHost(host: string, suffix: string): Pick<Target, "instance" | "place"> | undefined {
  const name = host.endsWith(suffix) ? host.slice(0, -suffix.length) : "";
  if (!hostName.test(name)) return undefined;
  const { named = name, ...place } = placedHost.exec(name)?.groups ?? {};
  return { instance: named, place: placeOf(place) };
}

type Named = Pick<Instance, "instanceId" | "name" | "defaultOsUser" | "accountId" | "region">;

export interface NamedInstance {
  /** Its id, as ssh is given it. */
  readonly instanceId: string;
  readonly osUser: string;
  /** Its Name, as ssh is given it, if it can be. */
  readonly name?: string;
  /** Its Name, where ssh cannot, and why. */
  readonly leftOut?: { readonly name: string; readonly because: string };
}

/**
 * What ssh can be given for each of the instances. An id or a Name that others have elsewhere stands with region and
 * account. Names that differ by capitals alone count as the same: some file systems take them for that.
 *
 * @param fits whether a host's files have a path that is short enough.
 */
export function namedInstances(
  instances: readonly Named[],
  fits: (name: string, osUser: string) => boolean,
): readonly NamedInstance[] {
  // What is no id or user in the API's own terms would begin a line of its own in the block.
  const valid = instances.filter((one) => isInstanceId(one.instanceId) && osUserFits(one.defaultOsUser));
  const hostOf = uniqueHosts(valid);

  return valid.flatMap((instance) => {
    const { name, defaultOsUser: osUser } = instance;
    const instanceId = hostOf(instance.instanceId, instance);
    if (instanceId === undefined) return [];
    if (name === undefined || name === "") return { instanceId, osUser };
    const host = hostOf(name, instance);
    const because = hindrance(name) ?? (host === undefined ? "several instances have it" : undefined);
    if (host !== undefined && because === undefined && fits(host, osUser)) return { instanceId, osUser, name: host };
    return { instanceId, osUser, leftOut: { name, because: because ?? "it is too long for the path of a socket" } };
  });
}

/** How ssh is given an id or a Name: alone if it is one instance's, else with its place; undefined if that does not help. */
function uniqueHosts(instances: readonly Named[]): (text: string, at: Named) => string | undefined {
  const count = new Map<string, number>();
  const add = (host: string) => count.set(key(host), (count.get(key(host)) ?? 0) + 1);
  for (const instance of instances) {
    for (const text of new Set([instance.instanceId, instance.name ?? ""])) {
      add(text);
      add(`placed ${hostIn(text, instance)}`);
    }
  }
  return (text, at) => {
    if (count.get(key(text)) === 1) return text;
    const host = hostIn(text, at);
    return count.get(key(`placed ${host}`)) === 1 && placedHost.test(host) ? host : undefined;
  };
}

const osUserFits = (osUser: string) => schemaFits(contract.osUser, osUser);

const key = (name: string) => name.toLowerCase();

function hindrance(name: string): string | undefined {
  if (!hostName.test(name)) return "it is no host name";
  if (isInstanceId(name.toLowerCase())) return "it looks like an instance's id";
  if (isAddress(name)) return "it looks like an address";
  return placedHost.test(name) ? "it looks like a name with region and account" : undefined;
}
