import { type Instance, type InstanceKey, instanceKey } from "../shared/instance.ts";
import type { FailedTarget } from "../targets/describe-instances.ts";
import type { InventoryReader } from "./ports.ts";

/** An instance whose target could not be read. */
export interface Unread {
  readonly key: InstanceKey;
  readonly failure: FailedTarget;
}

/** Instances whose rows are read. */
const mostRead = 100;

/**
 * The targets that a page lacks entries of, as far as the caller may know of them: those with an instance among the unread
 * ones that the caller may see as it was remembered. What is remembered permits nothing else.
 */
export async function incompleteTargets(
  { readObserved }: Pick<InventoryReader, "readObserved">,
  unread: readonly Unread[],
  maySee: (instance: Instance) => boolean,
  signal: AbortSignal,
): Promise<{ readonly incomplete?: FailedTarget[] }> {
  const byKey = new Map(unread.slice(0, mostRead).map((one) => [instanceKey(one.key), one]));
  if (byKey.size === 0) return {};
  const observed = await readObserved(
    [...byKey.values()].map(({ key }) => key),
    signal,
  );
  const seen = [...byKey].flatMap(([key, { failure }]) => {
    const known = observed.get(key);
    return known && maySee(known.instance) ? [failure] : [];
  });
  return seen.length > 0 ? { incomplete: [...new Set(seen)] } : {};
}
