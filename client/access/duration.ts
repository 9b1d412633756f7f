import contract from "../../sdk/contract.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

const secondsOf = { h: 3600, m: 60, s: 1 } as const;

/**
 * Reads a length of time: `1h`, `30m`, `1h30m`, `90s`, or seconds alone.
 *
 * @returns seconds, from 1 to what the API takes at most; undefined for everything else.
 */
export function parseDuration(text: string): number | undefined {
  const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : secondsIn(text);
  return seconds !== undefined && seconds >= 1 && seconds <= contract.longestAccess ? seconds : undefined;
}

/** Seconds in hours, minutes and seconds, as many as are written. Undefined for another text. */
export function secondsIn(text: string): number | undefined {
  const parts = /^(?:([0-9]{1,2})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,6})s)?$/.exec(text);
  if (parts === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * secondsOf.h + Number(minutes) * secondsOf.m + Number(seconds) * secondsOf.s;
}

/** What `parseDuration` takes, for a user who wrote something else. */
export const durationHint = `use 1h, 30m, 1h30m or seconds (max ${contract.longestAccess / secondsOf.h}h)`;

/** @throws Failure `usage` */
export function durationOption(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new Failure(`invalid --duration "${visible(text)}": ${durationHint}`, { exitCode: exitCodes.usage });
}
