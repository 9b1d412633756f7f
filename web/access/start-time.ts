/** When access is to start, or why that is no moment. */
export type Start = { readonly at: string } | { readonly fault: string };

/**
 * Reads what an `<input type="datetime-local">` says, in the reader's time zone: `2026-03-01T18:00`.
 *
 * @returns ISO 8601 in UTC. How far ahead it may be is the API's to say.
 */
export function readStart(text: string): Start {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::00)?$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (parts ?? []).slice(1).map(Number);
  const start = new Date(year, month - 1, day, hour, minute);
  if (parts === null || start.getMonth() !== month - 1 || start.getDate() !== day)
    return { fault: "Choose a day and a time." };
  const shows = (at: Date) => at.getHours() === hour && at.getMinutes() === minute;
  if (!shows(start)) return { fault: "Your clock skips this time on that day. Choose another." };
  const hourAround = [-1, 1].map((hoursAway) => new Date(start.getTime() + hoursAway * 3_600_000));
  if (hourAround.some(shows)) return { fault: "Your clock shows this time twice on that day. Choose another." };
  return { at: start.toISOString() };
}

/** `2026-03-01 18:00 UTC` @param at ISO 8601 in UTC */
export const showUtc = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
