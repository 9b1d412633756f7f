/** Columns: what fits in the narrowest terminal that is common. */
const textWidth = 80;

/** Breaks paragraphs, which empty lines part, into lines. Lines that begin with a space stay as they are. */
export function wrap(text: string, indent = "", width = textWidth): string {
  return text
    .trim()
    .split(/\n\n+/)
    .map((paragraph) => (/^ /m.test(paragraph) ? keep(paragraph, indent) : fill(paragraph, indent, width)))
    .join("\n\n");
}

const keep = (paragraph: string, indent: string) => paragraph.replace(/^(?=.)/gm, indent);

function fill(paragraph: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => `${indent}${text}`).join("\n");
}

/** Terms and what they mean, in two columns: a term too long for its column has a line of its own. */
export function twoColumns(rows: readonly (readonly [term: string, meaning: string])[], width = textWidth): string {
  const widest = Math.max(0, ...rows.map(([term]) => (term.length <= 26 ? term.length : 0)));
  const indent = " ".repeat(widest + 4);
  return rows
    .map(([term, meaning]) => {
      const text = wrap(meaning, indent, width);
      return term.length > widest ? `  ${term}\n${text}` : `  ${term.padEnd(widest)}  ${text.trimStart()}`;
    })
    .join("\n");
}
