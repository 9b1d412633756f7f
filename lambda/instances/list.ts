import type { Caller } from "../../contract/caller.ts";
import type { InstancePage } from "../../contract/instance.ts";
import type { InventoryReader, SyncStatus } from "../inventory/ports.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { visibleTraits } from "../policy/narrow.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { targetKey } from "../shared/target.ts";
import type { KnownTargets } from "../targets/known-targets.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { visibleFailedSyncs } from "./failed-syncs.ts";
import { isListed, matches } from "./matches.ts";
import type { InstanceFilter } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";
import { searchInventory } from "./search-inventory.ts";
import { readSurroundings, type SurroundingPorts } from "./surroundings.ts";
import { whereToLook } from "./where-to-look.ts";

/** What the list needs from outside. Each call rejects with a Problem, and stops when its signal aborts. */
export interface ListPorts extends SurroundingPorts {
  readonly policy: PolicyEngine;
  readonly inventory: InventoryReader;
  readonly known: Pick<KnownTargets, "find">;
}

export interface ListInstancesInput extends InstanceFilter {
  readonly caller: Caller;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * One page of the instances that the caller may view, by name, as the inventory has them. If its work is spent, it may be short
 * or even empty while there are more: `nextCursor` tells.
 *
 * @throws Problem `invalid-request` for a cursor that is not valid; and as the ports do.
 */
export async function listInstances(
  ports: ListPorts,
  settings: InstanceSettings,
  { caller, limit, cursor, ...filter }: ListInstancesInput,
  context: RequestContext,
): Promise<InstancePage> {
  const { inventory, known, policy } = ports;
  const { signal } = context.deadline;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const all = await inventory.readSyncs(signal);
  // A target that has been taken out of the settings may still be remembered.
  const syncs = all.filter((sync) => known.find(sync));
  const traits = visibleTraits(policy, caller);
  const { found, next } = await searchInventory(
    inventory,
    {
      ...{ ...filter, limit, after },
      partitions: whereToLook(filter, traits, syncs),
      isTarget: (target) => isListed(target, filter) && known.find(target) !== undefined,
      isWanted: (instance) => matches(instance, filter) && mayView(policy, caller, instance),
    },
    context,
  );
  const instances = found.map(({ instance }) => instance);
  const [surroundingsOf, incomplete] = await Promise.all([
    readSurroundings(ports, instances, known.find, signal),
    visibleFailedSyncs(
      inventory,
      {
        syncs: syncs.filter((sync) => isListed(sync, filter)),
        found: instances,
        partitionsOf: ({ accountId, region }) => whereToLook({ accountId, region, tags: [] }, traits, syncs),
        mayView: (instance) => mayView(policy, caller, instance),
        isFirstPage: after === undefined,
      },
      signal,
    ),
  ]);
  const syncedAt = lastSyncs(syncs);
  return {
    items: found.map(({ instance, observedAt }) => ({
      ...instanceResponse(instance, surroundingsOf(instance), settings),
      observedAt: new Date(Math.max(+observedAt, syncedAt.get(targetKey(instance)) ?? 0)).toISOString(),
    })),
    ...(next !== undefined && { nextCursor: writeCursor(next) }),
    ...(incomplete.length > 0 && { incomplete }),
  };
}

/** What a sync of all of a target has not changed was there when it began. */
const lastSyncs = (syncs: readonly SyncStatus[]) =>
  new Map(syncs.map((sync) => [targetKey(sync), sync.syncedAt?.getTime() ?? 0]));
