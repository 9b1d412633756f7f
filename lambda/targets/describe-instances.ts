import { type Instance, type InstanceKey, type InstanceReader, instanceKey } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import { type Target, type TargetKey, targetKey } from "../shared/target.ts";
import { unlessAborted } from "../shared/unless-aborted.ts";
import type { KnownTargets } from "./known-targets.ts";

/** A target that could not be read, and why: a problem's code. */
export interface FailedTarget extends TargetKey {
  readonly code: string;
}

export interface DescribedInstances {
  /** Those that exist, by `<account>/<region>/<id>`. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly failed: readonly FailedTarget[];
}

/** Reads instances live, in all their targets at once. Stops when its signal aborts. */
export type DescribeInstances = (keys: readonly InstanceKey[], signal: AbortSignal) => Promise<DescribedInstances>;

/** Milliseconds that a target may take: far longer than one that works, and little of what a list may take. */
const longestRead = 3000;

/**
 * One target that fails, throttles or hangs costs its own instances alone. The stack's own target, if there is no other,
 * rejects with a Problem.
 */
export function describeInTargets(
  known: KnownTargets,
  readerIn: (target: Target) => Pick<InstanceReader, "describeInstances">,
  timeout = AbortSignal.timeout,
): DescribeInstances {
  const read = async (target: Target, keys: readonly InstanceKey[], signal: AbortSignal) => {
    const ids = keys.map(({ instanceId }) => instanceId);
    if (known.isAlone) return readerIn(target).describeInstances(ids, signal);
    const bounded = AbortSignal.any([signal, timeout(longestRead)]);
    return unlessAborted(readerIn(target).describeInstances(ids, bounded), bounded);
  };
  return async (keys, signal) => {
    const parts = [...Map.groupBy(keys, targetKey).values()].flatMap((some) => {
      const target = some[0] && known.find(some[0]);
      return target ? [{ target, keys: some }] : [];
    });
    const results = await Promise.allSettled(parts.map(({ target, keys }) => read(target, keys, signal)));
    const instances = new Map<string, Instance>();
    const failed: FailedTarget[] = [];
    for (const [index, result] of results.entries()) {
      const { accountId, region } = parts[index]?.target ?? known.own;
      if (result.status === "fulfilled") {
        for (const instance of result.value.values()) instances.set(instanceKey(instance), instance);
      } else {
        if (known.isAlone || !(result.reason instanceof Problem)) throw result.reason;
        failed.push({ accountId, region, code: result.reason.code });
      }
    }
    return { instances, failed };
  };
}
