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
  const { address, accountId, state, tags } = filter;
  if (traits?.length === 0) return [];
  if (address !== undefined) return [{ address: addressKey(address) }];
  const possible = traits?.flatMap((trait) => inTrait(trait, filter));
  const narrowed = possible && withUnindexed(possible, filter, syncs);
  if (narrowed && narrowed.length <= mostPartitions) return narrowed;

  const isSynced = syncs.some(({ syncedAt }) => syncedAt !== undefined);
  const tag = tags.find(({ key }) => isSynced && !syncs.some((sync) => isBehind(sync, [key])));
  if (tag) return [{ accountId, tag }];
  return [state === undefined || state === "running" ? { accountId } : { accountId, state }];
}

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
  return [{ accountId: accountId ?? filter.accountId, tag }];
}

/** Together with the accounts of targets whose instances are not found by these tags yet: the policies have just named them. */
function withUnindexed(
  possible: readonly ListPartition[],
  filter: InstanceFilter,
  syncs: readonly SyncStatus[],
): readonly Partition[] {
  const keys = possible.flatMap(({ tag }) => (tag ? [tag.key] : []));
  const behind = syncs.filter((sync) => isListed(sync, filter) && isBehind(sync, keys));
  const all = [...possible, ...behind.map(({ accountId }) => ({ accountId }))];
  const distinct = [...new Map(all.map((each) => [partitionKey(each), each])).values()];
  // A partition of everything has the others in it.
  const whole = distinct.find(({ accountId, tag }: ListPartition) => accountId === filter.accountId && !tag);
  return whole ? [whole] : distinct;
}
