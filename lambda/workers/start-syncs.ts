import { planSyncs } from "../inventory/plan-syncs.ts";
import type { InventoryReader } from "../inventory/ports.ts";
import type { SyncQueue } from "../inventory/sync-message.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { type TargetKey, targetKey } from "../shared/target.ts";
import type { KnownTargets } from "../targets/known-targets.ts";
import { settle } from "./settle.ts";
import { type Failure, failureOf } from "./worker-log.ts";

/** An organizational unit whose accounts are served in some regions. */
export interface TargetUnit {
  readonly id: string;
  readonly regions: readonly string[];
}

export interface StartPorts {
  readonly known: Pick<KnownTargets, "listed" | "find">;
  readonly units: readonly TargetUnit[];
  readonly store: Pick<InventoryReader, "readSyncs">;
  readonly queue: SyncQueue;
  /** The active accounts of a unit and of all units below it. Rejects with a Problem, and stops when its signal aborts. */
  listAccounts(unitId: string, signal: AbortSignal): Promise<readonly string[]>;
}

export interface StartOutcome {
  readonly outcome: "started";
  readonly messages: number;
  /** By unit: those whose accounts could not be listed. */
  readonly unlisted: readonly Failure[];
}

/**
 * Sends the messages that sync each target. If a unit's accounts cannot be listed, those count that were synced before.
 *
 * @throws Problem if the queue does not take a message; then all are sent again.
 */
export async function startSyncs(
  ports: StartPorts,
  hurry: boolean,
  { clock, deadline: { signal } }: RequestContext,
): Promise<StartOutcome> {
  const { known, queue, store } = ports;
  const outcomes = await store.readSyncs(signal);
  const { targets, unlisted } = await findTargets(ports, signal);
  const earlier = unlisted.length === 0 ? [] : outcomes.filter((outcome) => known.find(outcome));
  const served = new Map([...targets, ...earlier].map((target) => [targetKey(target), target]));
  const messages = planSyncs([...served.values()], outcomes, { now: clock(), hurry });
  const sent = await settle(messages, (message) => queue.send(message, signal));
  const refused = sent.find(({ error }) => error !== undefined);
  if (refused) throw refused.error;
  return { outcome: "started", messages: messages.length, unlisted };
}

async function findTargets(
  { known, units, listAccounts }: StartPorts,
  signal: AbortSignal,
): Promise<{ readonly targets: readonly TargetKey[]; readonly unlisted: readonly Failure[] }> {
  const listed = await settle(units, async ({ id, regions }) => {
    const accounts = await listAccounts(id, signal);
    return accounts.flatMap((accountId) => regions.map((region) => ({ accountId, region })));
  });
  return {
    targets: [...known.listed, ...listed.flatMap(({ value = [] }) => value)],
    unlisted: listed.flatMap(({ item, error }) => (error === undefined ? [] : [failureOf("accounts", item.id, error)])),
  };
}
