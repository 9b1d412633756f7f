/**
 * Keys of the indexes that lists are read from: `<time>#<id>`, the time in UTC with milliseconds, so that text sorts as time
 * does. A stretch of an index lies between two keys, the first in it, the second not.
 */
export interface Stretch {
  readonly from: string;
  readonly before: string;
}

/** All there is: every key begins with a year. */
export const everything: Stretch = { from: "0", before: ":" };

/** `$` follows `#`: it sorts behind every key of the same time, and before those of any later one. */
const behindAll = "$";

/**
 * Where a moment's keys begin: keys from here on are those at or after it, keys below here those before it.
 *
 * @param time ISO 8601 in UTC, with any number of decimals.
 */
export function beginningOf(time: string): string {
  const [second = "", fraction = ""] = time.replace("Z", "").split(".");
  const moment = `${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  // Keys are no finer than milliseconds: those of this one lie before a moment within it.
  return /[1-9]/.test(fraction.slice(3)) ? endOf(moment) : `${moment}#`;
}

/** Where the keys of a time as keys have it end. */
export const endOf = (time: string) => `${time}${behindAll}`;

/** The time in a key. */
export const timeIn = (key: string) => key.slice(0, key.indexOf("#"));
