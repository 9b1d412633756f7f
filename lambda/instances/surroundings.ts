import type { NetworkReader } from "../resolve/ports.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { type Target, type TargetKey, targetKey } from "../shared/target.ts";
import { unlessAborted } from "../shared/unless-aborted.ts";
import { readDecidingImages } from "./image-names.ts";
import type { HostKeyReader } from "./ports.ts";
import type { Surroundings } from "./response.ts";

/** Targets whose endpoints and images are read for a page, those of its first instances. */
const mostTargets = 16;

/** What a page needs beside its instances. */
export interface SurroundingPorts {
  readonly hostKeys: HostKeyReader;
  networkOf(target: Target): NetworkReader;
  /** Milliseconds that a target has: one that does not respond costs its own part alone. */
  readonly patience: number;
}

/**
 * Reads what is around the instances of a page. What a target does not respond with, and what is of too many targets, is
 * unknown.
 *
 * @param find the target of an instance.
 */
export async function readSurroundings(
  { hostKeys, networkOf, patience }: SurroundingPorts,
  instances: readonly Instance[],
  find: (key: TargetKey) => Target | undefined,
  signal: AbortSignal,
): Promise<(instance: Instance) => Surroundings> {
  const keys = [...new Set(instances.map(targetKey))].slice(0, mostTargets);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const reads = keys.map(async (key) => {
    const own = instances.filter((each) => targetKey(each) === key);
    const target = own[0] && find(own[0]);
    return [key, target ? await readNetwork(networkOf(target), own, limited) : unknown] as const;
  });
  const [known, ...networks] = await Promise.all([
    instances.length > 0 ? hostKeys.readHostKeys(instances, signal) : new Map(),
    ...reads,
  ]);
  const networkAt = new Map(networks);
  return (instance) => ({ ...(networkAt.get(targetKey(instance)) ?? unknown), hostKeys: known });
}

type Network = Omit<Surroundings, "hostKeys">;

const unknown: Network = { endpoints: undefined, imageNames: new Map() };

async function readNetwork(
  network: NetworkReader,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<Network> {
  const [endpoints, images] = await Promise.allSettled([
    unlessAborted(network.describeEndpoints(signal), signal),
    unlessAborted(readDecidingImages(network, instances, signal), signal),
  ]);
  return {
    endpoints: endpoints.status === "fulfilled" ? (endpoints.value satisfies readonly Endpoint[]) : undefined,
    imageNames: images.status === "fulfilled" ? images.value : unknown.imageNames,
  };
}
