const [minute, hour] = [60, 60 * 60];

/**
 * Seconds between the attempts to deliver an event: 75 hours in all.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
const waits = [...[5, 5 * minute, 30 * minute, 2 * hour, 5 * hour], ...[10 * hour, 14 * hour, 20 * hour, 24 * hour]];

/**
 * Seconds for which a message is hidden at a time. SQS hides none for more than 12 hours after it was received, which may be
 * minutes ago. In a longer wait, the message is received and hidden again.
 */
export const longestHiding = 12 * hour - 15 * minute;

interface Entry {
  /** Seconds after the event was sent to its queue. */
  readonly at: number;
  readonly isAttempt: boolean;
}

const timetable: readonly Entry[] = [0, ...waits].flatMap((_, index) => {
  const at = waits.slice(0, index).reduce((sum, wait) => sum + wait, 0);
  const isLong = (waits[index] ?? 0) > longestHiding;
  return [{ at, isAttempt: true }, ...(isLong ? [{ at: at + longestHiding, isAttempt: false }] : [])];
});

/** Whether a message that is received now is to be delivered. Else it is in a longer wait. @param age in seconds. */
export function isAttemptDue(age: number): boolean {
  return timetable.findLast(({ at }) => at <= age)?.isAttempt ?? true;
}

/**
 * Seconds for which a message is now hidden.
 *
 * @param age of the message in seconds.
 * @param leastSeconds that the receiver asks for.
 * @returns undefined if its last attempt has been made.
 */
export function secondsToNext(age: number, leastSeconds = 0): number | undefined {
  const next = timetable.find(({ at }) => at > age);
  return next && Math.min(longestHiding, Math.max(Math.ceil(next.at - age), leastSeconds));
}
