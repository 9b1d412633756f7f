import { type TargetKey, targetKey } from "../shared/target.ts";
import { secondsAfter } from "../shared/time.ts";

/** Seconds. */
const rest = 60;

/**
 * Targets that have failed in the last minute. Their events are left to their next sync: many of them would each wait for the target,
 * and others behind them.
 */
export class RecentFailures {
  readonly #until = new Map<string, Date>();

  note(target: TargetKey, now: Date): void {
    this.#until.set(targetKey(target), secondsAfter(now, rest));
  }

  has(target: TargetKey, now: Date): boolean {
    return now < (this.#until.get(targetKey(target)) ?? now);
  }
}
