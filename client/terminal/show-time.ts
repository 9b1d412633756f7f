import { visible } from "./terminal.ts";

/** A time of the API's, for people and in UTC as everything else: `2026-03-01 14:05 UTC`. */
export function showTime(time: string): string {
  return visible(`${time.slice(0, 10)} ${time.slice(11, 16)} UTC`);
}
