import { type Instance, type InstanceKey, instanceKey, isSameInstance } from "../../lambda/shared/instance.ts";
import { type TargetKey, targetKey } from "../../lambda/shared/target.ts";
import type { DescribedInstances, FailedTarget } from "../../lambda/targets/describe-instances.ts";
import type { NamedInstance } from "../../lambda/targets/locate.ts";
import { place } from "./samples.ts";

/** Instances of all targets, all of them remembered. What a request names without its target is in the samples' own. */
export function fakeTargets(fleet: () => readonly Instance[], failed: readonly FailedTarget[] = []) {
  const fails = (key: TargetKey) => failed.some((one) => targetKey(one) === targetKey(key));
  return {
    findInstance: async ({ instanceId, accountId, region }: NamedInstance) => {
      const there = { accountId: accountId ?? place.accountId, region: region ?? place.region };
      return fleet().find((one) => isSameInstance(one, { ...there, instanceId }));
    },
    describeInstances: async (keys: readonly InstanceKey[]): Promise<DescribedInstances> => {
      const found = fleet().filter((one) => !fails(one) && keys.some((key) => isSameInstance(one, key)));
      return {
        instances: new Map(found.map((one) => [instanceKey(one), one])),
        failed: failed.filter((one) => keys.some((key) => targetKey(key) === targetKey(one))),
      };
    },
    inventory: {
      readObserved: async (keys: readonly InstanceKey[]) => {
        const known = fleet().filter((one) => keys.some((key) => isSameInstance(one, key)));
        return new Map(known.map((instance) => [instanceKey(instance), { instance, observedAt: new Date(0) }]));
      },
    },
  };
}

/** The same with an instance for every key. */
export const fullTargets = (sample: Instance) => ({
  findInstance: async ({ instanceId }: NamedInstance) => ({ ...sample, instanceId }),
  describeInstances: async (keys: readonly InstanceKey[]): Promise<DescribedInstances> => ({
    instances: new Map(keys.map((key) => [instanceKey(key), { ...sample, ...key }])),
    failed: [],
  }),
  inventory: { readObserved: async () => new Map() },
});
