import { cut, displayWidth, pad } from "./width.ts";

/** Two spaces: what parts columns, so that `column`, `awk` and eyes can. */
const gap = "  ";

/** The width that a column of free text may be cut to, so that the others stay whole. */
const leastWidth = 12;

export interface TableShape {
  /** The columns of the terminal; undefined for a pipe or a file, which gets everything. */
  readonly columns: number | undefined;
  /** The heads of columns that may be cut: text for people, not what is copied or compared. */
  readonly cuttable?: readonly string[];
  /** Whether the rows go on those of an earlier table, whose head they share. */
  readonly isContinued?: boolean;
}

/**
 * Rows of text as a table: each column as wide as its widest cell, without spaces at the ends of lines. On a terminal that is too
 * narrow, text for people is cut, the widest first; if that is not enough, each row becomes a block with a line for each cell.
 * An id is never cut: rather the terminal folds it.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], shape: TableShape): string {
  const { columns = Number.POSITIVE_INFINITY, cuttable = [], isContinued = false } = shape;
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ""))));
  const least = widths.map((width, column) =>
    cuttable.includes(head[column] ?? "") ? Math.min(width, leastWidth) : width,
  );
  if (total(least) > columns) return `${isContinued ? "\n" : ""}${blocks(head, rows, { columns, cuttable })}`;
  while (total(widths) > columns) {
    const spare = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const lines = (isContinued ? rows : all).map((row) =>
    row
      .map((cell, column) => pad(cut(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

const total = (widths: readonly number[]) =>
  widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));

/** `NAME  web-1`, a line for each cell, and an empty line between rows. */
function blocks(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, cuttable }: { readonly columns: number; readonly cuttable: readonly string[] },
): string {
  const width = Math.max(...head.map(displayWidth));
  const rest = Math.max(1, columns - width - gap.length);
  const block = (row: readonly string[]) =>
    row
      .map((cell, column) => [head[column] ?? "", cell] as const)
      .map(([name, cell]) => `${pad(name, width)}${gap}${cuttable.includes(name) ? cut(cell, rest) : cell}\n`)
      .join("");
  return rows.map(block).join("\n");
}
