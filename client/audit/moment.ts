import type { Options } from "../command/options.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

const millisecondsOf = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/**
 * Reads a moment: a time before now (`7d`, `12h`, `30m`, `90s`, `2w`), a day in UTC (`2026-03-01`, its beginning), or a time in
 * ISO 8601 with its zone.
 *
 * @returns ISO 8601 in UTC; undefined for everything else.
 */
export function parseMoment(text: string, now: Date): string | undefined {
  const [, count, unit] = /^([0-9]{1,5})([wdhms])$/.exec(text) ?? [];
  const ago = count && unit ? Number(count) * millisecondsOf[unit as keyof typeof millisecondsOf] : undefined;
  if (ago !== undefined) return new Date(now.getTime() - ago).toISOString();
  const [, day, time = "T00:00:00Z"] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  // Date takes February 30 for March 2.
  if (day === undefined || !isDay(day)) return undefined;
  const moment = new Date(`${day}${time}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** The moment that an option names. @throws Failure `usage` */
function momentOption(options: Options, name: string, now: Date): string | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  const moment = parseMoment(text, now);
  if (moment !== undefined) return moment;
  throw new Failure(`invalid --${name} "${visible(text)}"`, {
    exitCode: exitCodes.usage,
    hint: "use 7d, 12h or 30m for a time ago, 2026-03-01 for a day in UTC, or 2026-03-01T14:05:00Z",
  });
}

/** The period of `--from` and `--to`. @throws Failure `usage` */
export function periodOptions(options: Options, now: Date) {
  const [from, to] = [momentOption(options, "from", now), momentOption(options, "to", now)];
  if (from === undefined || to === undefined || from < to) return { from, to };
  throw new Failure("--from is not before --to", { exitCode: exitCodes.usage });
}
