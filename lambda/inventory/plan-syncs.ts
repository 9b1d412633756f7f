import { type TargetKey, targetKey } from "../shared/target.ts";
import { secondsAfter } from "../shared/time.ts";
import type { SyncStatus } from "./ports.ts";
import { type DelayedMessage, targetOf } from "./sync-message.ts";

/** Seconds between two syncs of a target. */
export const syncInterval = 600;

/**
 * Syncs of targets that begin in a second, together; in one account only one does. A new instance is some thirteen writes of the
 * inventory, one of them in a partition of all instances, which takes a thousand in a second; a new table takes four thousand.
 */
const startsPerSecond = 3;

/** Seconds. EC2 and STS should be left alone by a target that fails, and one that is fixed should soon be seen again. */
const [firstPause, longestPause] = [syncInterval / 2, 3600];

/** When a target that has failed is tried again: after twice the time each time, of which each target takes another part. */
export function nextAttempt({ failures = 0, failedAt, ...target }: SyncStatus): Date | undefined {
  if (failures === 0 || failedAt === undefined) return undefined;
  const pause = Math.min(firstPause * 2 ** (failures - 1), longestPause);
  return secondsAfter(failedAt, pause * (0.5 + fractionOf(targetKey(target)) / 2));
}

/**
 * The messages that begin a sync of each target, and forget those that are no longer served. They are spread over time, and each
 * account's over the whole of it.
 *
 * @param outcomes of every target that has been synced or should have been.
 * @param hurry whether targets that should wait after failures are tried all the same.
 */
export function planSyncs(
  targets: readonly TargetKey[],
  outcomes: readonly SyncStatus[],
  { now, hurry }: { readonly now: Date; readonly hurry: boolean },
): readonly DelayedMessage[] {
  const known = new Map(outcomes.map((outcome) => [targetKey(outcome), outcome]));
  const served = new Set(targets.map(targetKey));
  const due = targets.filter((target) => {
    const again = known.get(targetKey(target));
    return hurry || !again || (nextAttempt(again) ?? now) <= now;
  });
  return [
    ...outcomes
      .filter((outcome) => !served.has(targetKey(outcome)))
      .map((outcome) => ({ message: { kind: "drop", ...targetOf(outcome) } as const, delaySeconds: 0 })),
    ...spread(due).map(({ target, delaySeconds }) => {
      const failures = known.get(targetKey(target))?.failures ?? 0;
      return { message: { kind: "page", ...targetOf(target), failures } as const, delaySeconds };
    }),
  ];
}

/** One target of each account, then another of each. */
function spread(targets: readonly TargetKey[]) {
  const inAccount = new Map<string, number>();
  const turns = targets.map((target) => {
    const turn = inAccount.get(target.accountId) ?? 0;
    inAccount.set(target.accountId, turn + 1);
    return { target, turn };
  });
  return turns
    .sort((one, other) => one.turn - other.turn)
    .map(({ target, turn }, place) => ({
      target,
      delaySeconds: Math.min(Math.max(turn, Math.floor(place / startsPerSecond)), syncInterval),
    }));
}

/** A number from 0 to 1 that belongs to a text: what is left to chance would be different in each attempt. */
function fractionOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hash / 9973;
}
