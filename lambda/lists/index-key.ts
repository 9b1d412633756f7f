import { createHash } from "node:crypto";

/** A range of an index lies between two keys, the first in it, the second not. */
export interface KeyRange {
  readonly from: string;
  readonly before: string;
}

/**
 * The key under which an index has an entry, so that text sorts as time does: `<time>#<12 hex digits>[.<16 digits>]`.
 * The digits are of a hash of the id, since a cursor shows the key to callers who may not know the id: so few that a
 * guessed id cannot be confirmed by them (ids have as many random digits).
 *
 * @param time ISO 8601 in UTC. The key has it in milliseconds.
 * @param number of what one thing has several of at one time: they stay in its order. A whole number, not below 0.
 */
export function indexKey(time: string, id: string, number?: number): string {
  const digits = createHash("sha256").update(id).digest("hex").slice(0, 12);
  const moment = new Date(time).toISOString();
  return `${moment}#${digits}${number === undefined ? "" : `.${String(number).padStart(16, "0")}`}`;
}

/** What `indexKey` makes. */
export const indexKeyForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f]{12}(?:\.\d{16})?$/;

/** All there is: every key begins with a year. */
export const everything: KeyRange = { from: "0", before: ":" };

/** `$` follows `#`: it sorts behind every key of the same time, and before those of any later one. */
const behindAll = "$";

/**
 * Where a moment's keys begin: keys from here on are those at or after it, keys below here those before it.
 *
 * @param time ISO 8601 in UTC, with any number of decimals.
 */
export function lowerBound(time: string): string {
  const [second = "", fraction = ""] = time.replace("Z", "").split(".");
  const moment = `${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  // Keys are no finer than milliseconds: those of this one lie before a moment within it.
  return /[1-9]/.test(fraction.slice(3)) ? `${moment}${behindAll}` : `${moment}#`;
}
