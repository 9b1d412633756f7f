import { visible } from "./visible.ts";

/** What makes a spreadsheet take a cell for a formula, also behind blanks. Controls, such as tabs, have become visible. */
const formula = /^\p{Z}*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/**
 * A line of CSV (RFC 4180) without its end. What is hidden in text becomes visible, and text that a spreadsheet would run as a
 * formula gets an apostrophe before it, since it comes from people and from tags.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(",");
}

function csvCell(given: string): string {
  const text = visible(given);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The end of a line: a terminal would show that of RFC 4180 as a character. */
export const csvLineEnd = (columns: number | undefined) => (columns === undefined ? "\r\n" : "\n");
