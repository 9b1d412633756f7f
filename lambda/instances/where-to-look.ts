import type { SyncStatus } from "../inventory/ports.ts";
import { type Partition, partitionKey } from "../inventory/rows.ts";
import type { Trait } from "../policy/narrow.ts";
import { addressKey, isListed } from "./matches.ts";
import type { InstanceFilter } from "./ports.ts";

/** Partitions that a page is merged from. */
const mostPartitions = 4;

/**
 * The partitions of the inventory that have all instances which match a filter and which the caller may view, and as few others
 * as is known. If what the caller may view is known, they are those of that, so that the number of pages says little about
 * other instances; else those of the filter.
 *
 * @param traits undefined: the caller may view anything.
 * @param syncs of all targets that are served.
 */
export function whereToLook(
  filter: InstanceFilter,
  traits: readonly Trait[] | undefined,
  syncs: readonly SyncStatus[],
): readonly Partition[] {
  const { address, tags } = filter;
  if (traits?.length === 0) return [];
  if (address !== undefined) return [{ address: addressKey(address) }];
  const possible = traits?.flatMap((trait) => inTrait(trait, filter));
  const narrowed = possible && withUnindexed(possible, filter, syncs);
  if (narrowed && narrowed.length <= mostPartitions) return narrowed;

  const isSynced = syncs.some(({ syncedAt }) => syncedAt !== undefined);
  const tag = tags.find(({ key }) => isSynced && !syncs.some((sync) => isBehind(sync, [key])));
  return [{ ...commonTo(filter), tag }];
}

/** What all instances have in common that match a filter, besides tags. Most instances run. */
const commonTo = ({ accountId, region, state }: InstanceFilter): ListPartition => ({
  accountId,
  region,
  state: state === "running" ? undefined : state,
});

/** Whether a target's last sync did not know these keys. What an event says is written by the keys of its time. */
const isBehind = ({ syncedAt, indexedTags = [] }: SyncStatus, keys: readonly string[]) =>
  syncedAt !== undefined && !keys.every((key) => indexedTags.includes(key));

type ListPartition = Extract<Partition, { readonly tag?: unknown }>;

/** The partition of what has a trait. None if it cannot match the filter. */
function inTrait({ tags, accountId }: Trait, filter: InstanceFilter): readonly ListPartition[] {
  if (filter.accountId !== undefined && accountId !== undefined && filter.accountId !== accountId) return [];
  if (filter.tags.some(({ key, value }) => Object.hasOwn(tags, key) && tags[key] !== value)) return [];
  const [key, value] = Object.entries(tags)[0] ?? [];
  const tag = key !== undefined && value !== undefined ? { key, value } : undefined;
  const common = commonTo(filter);
  return [{ ...common, accountId: accountId ?? common.accountId, tag }];
}

/** Together with the targets whose instances are not found by these tags yet: the policies have just named them. */
function withUnindexed(
  possible: readonly ListPartition[],
  filter: InstanceFilter,
  syncs: readonly SyncStatus[],
): readonly Partition[] {
  const keys = possible.flatMap(({ tag }) => (tag ? [tag.key] : []));
  const behind = syncs.filter((sync) => isListed(sync, filter) && isBehind(sync, keys));
  const all = [...possible, ...behind.map(({ accountId, region }) => ({ ...commonTo(filter), accountId, region }))];
  const distinct = [...new Map(all.map((each) => [partitionKey(each), each])).values()];
  // A partition of everything has the others in it.
  const whole = distinct.find(
    ({ accountId, region, tag }: ListPartition) => accountId === filter.accountId && region === filter.region && !tag,
  );
  return whole ? [whole] : distinct;
}
