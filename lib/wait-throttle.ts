import { longestWait } from "../contract/access-request.ts";
import type { Settings } from "./settings.ts";

type Throttle = Settings["stageThrottle"];

/**
 * How fast all callers together may call the route that delays its responses. By default those who wait can take a quarter of
 * the executions that the account has for all of its functions.
 */
export function waitThrottleOf(settings: Settings): Throttle {
  if (settings.waitThrottle) return settings.waitThrottle;
  const share = unreserved(settings) / 4;
  const burst = Math.max(1, Math.floor(share / 6));
  return { burst, perSecond: Math.floor((100 * (share - burst)) / longestWait) / 100 };
}

/** Executions that requests can take which wait as long as they may. */
export const waitingAtMost = ({ burst, perSecond }: Throttle): number => burst + perSecond * longestWait;

/** Executions that functions without a reservation share. */
export function unreserved({
  concurrencyQuota,
  reservedConcurrency,
}: Pick<Settings, "concurrencyQuota" | "reservedConcurrency">): number {
  return Object.values(reservedConcurrency).reduce(
    (left: number, reserved) => left - (reserved ?? 0),
    concurrencyQuota,
  );
}
