import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { secondsIn } from "./duration.ts";

/** What `--starts-at` takes, for a user who wrote something else. */
const hint = "use +2h, +1d, 18:00 (the next one, in your time zone), or 2026-03-01T18:00Z";

/**
 * Reads when access is to start: a time from now (`+2h30m`, `+1d`), the next time on the user's own clock (`18:00`), or a moment
 * with its offset from UTC (`2026-03-01T18:00+01:00`). Others could mean several moments.
 *
 * @param now in the time zone of the process.
 * @throws Failure `usage`, also for a time that the user's clock skips or shows twice on that day.
 */
export function startTime(text: string, now: Date): string {
  const start = fromNow(text, now) ?? onTheClock(text, now) ?? moment(text);
  if (start) return start.toISOString();
  throw new Failure(`invalid --starts-at "${visible(text)}": ${hint}`, { exitCode: exitCodes.usage });
}

function fromNow(text: string, now: Date): Date | undefined {
  const [, days, rest = ""] = /^\+(?:([0-9]{1,2})d)?(.*)$/.exec(text) ?? [];
  if (!text.startsWith("+") || (days === undefined && rest === "")) return undefined;
  const seconds = secondsIn(rest);
  return seconds === undefined ? undefined : new Date(now.getTime() + (Number(days ?? 0) * 86_400 + seconds) * 1000);
}

function onTheClock(text: string, now: Date): Date | undefined {
  const [, hours, minutes] = /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const [hour, minute] = [Number(hours), Number(minutes)];
  const onDay = (day: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, hour, minute);
  const start = onDay(0) > now ? onDay(0) : onDay(1);
  const shows = (at: Date) => at.getHours() === hour && at.getMinutes() === minute;
  const hourAround = [-1, 1].map((hoursAway) => new Date(start.getTime() + hoursAway * 3_600_000));
  return shows(start) && !hourAround.some(shows) ? start : undefined;
}

function moment(text: string): Date | undefined {
  const [, date, clock, offset] =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}:[0-9]{2})$/i.exec(text) ?? [];
  const start = new Date(`${date}T${clock}${offset?.toUpperCase()}`);
  // A 30th of February would become another day.
  const isDay = date !== undefined && new Date(`${date}T00:00Z`).toJSON()?.startsWith(date);
  return isDay && !Number.isNaN(start.getTime()) ? start : undefined;
}
