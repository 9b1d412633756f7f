import type { StoredHostKey } from "../../lambda/host-keys/stored-host-key.ts";
import type { ListPorts } from "../../lambda/instances/list.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import type { NetworkReader } from "../../lambda/resolve/ports.ts";
import { type Instance, instanceKey } from "../../lambda/shared/instance.ts";
import type { Target, TargetKey } from "../../lambda/shared/target.ts";
import { fakePolicy } from "./fake-policy.ts";
import { type KnownFleet, knownFleet } from "./known-fleet.ts";
import { endpoint, web } from "./samples.ts";
import { testContext } from "./test-context.ts";

export interface ListWorld extends KnownFleet {
  readonly policy?: PolicyEngine;
  readonly hostKeys?: ReadonlyMap<string, readonly StoredHostKey[]>;
  /** Which accounts and regions the settings name. */
  readonly isServed?: (target: TargetKey) => boolean;
  readonly networkOf?: (target: Target) => NetworkReader;
}

export const network: NetworkReader = {
  describeEndpoints: async () => [endpoint],
  readImageNames: async () => new Map(),
};

/** What the list of instances needs, around the inventory's own adapter. */
export function listWorld({
  policy = fakePolicy(),
  hostKeys = new Map(),
  isServed = () => true,
  networkOf = () => network,
  ...known
}: ListWorld) {
  const hostKeyReads: (readonly string[])[] = [];
  const networks: TargetKey[] = [];
  const { inventory, finder, counts } = knownFleet(known);
  const ports: ListPorts = {
    patience: 1,
    policy,
    inventory,
    known: { find: (key) => (isServed(key) ? { partition: "aws", ...key } : undefined) },
    hostKeys: {
      readHostKeys: async (instances) => {
        if (instances.length === 0 || instances.length > 100) throw new Error("The table reads 1 to 100 at once");
        hostKeyReads.push(instances.map(({ instanceId }) => instanceId));
        return new Map(instances.map((each) => [instanceKey(each), hostKeys.get(each.instanceId) ?? []]));
      },
    },
    networkOf(target) {
      networks.push(target);
      return networkOf(target);
    },
  };
  const clock = () => new Date("2026-01-02T03:04:05.678Z");
  return { ports, finder, counts, hostKeyReads, networks, context: testContext({ clock }) };
}

/** `i-00000000`, `i-00000001`, …, with names in that order. */
export function namedFleet(count: number, change: (index: number) => Partial<Instance> = () => ({})): Instance[] {
  return Array.from({ length: count }, (_, index) => {
    const digits = index.toString(16).padStart(8, "0");
    const own = { ...web, instanceId: `i-${digits}`, ...change(index) };
    return { ...own, tags: { ...own.tags, Name: `host-${digits}` } };
  });
}
