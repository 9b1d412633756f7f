/** Two spaces: what parts columns, so that `column`, `awk` and eyes can. */
const gap = "  ";

/** Rows of text as a table: each column as wide as its widest cell, without spaces at the ends of lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
