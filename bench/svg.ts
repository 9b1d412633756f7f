/** Pieces of the bench's pictures. They are readable on light and dark pages, and take no font from elsewhere. */

/** Escapes text for SVG. */
const escaped = (text: string) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

export interface Picture {
  readonly title: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
}

/** Classes of what is drawn, in colours that differ in brightness too. */
const style = `
text { font: 13px system-ui, sans-serif; fill: #333 }
.small { font-size: 11px } .strong { font-weight: 600 } .on { fill: #fff } .end { text-anchor: end } .middle { text-anchor: middle }
.grid { stroke: #8886; stroke-width: 1 } .line { fill: none; stroke-width: 2.5 } .dashed { stroke-dasharray: 5 4 }
.fill-node { fill: #7a8594 } .fill-load { fill: #3b6fb6 } .fill-cedar { fill: #2e7d4f } .fill-tls { fill: #a15c00 }
.fill-table { fill: #7b4ab0 } .fill-control { fill: #b3365e } .fill-own { fill: #0f7f8c }
.stroke-load { stroke: #3b6fb6 } .stroke-tls { stroke: #a15c00 } .stroke-own { stroke: #0f7f8c }
@media (prefers-color-scheme: dark) { text { fill: #ddd } text.on { fill: #fff } .grid { stroke: #9995 }
.stroke-load { stroke: #7aa9e8 } .stroke-tls { stroke: #e39a3d } .stroke-own { stroke: #35b3c1 } }`;

/** A whole file. */
export function svg({ title, description, width, height, content }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    `  role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${style}\n</style>`,
    ...content,
    "</svg>\n",
  ].join("\n");
}

export interface TextOptions {
  readonly classes?: string;
}

export function text(x: number, y: number, words: string, { classes = "" }: TextOptions = {}): string {
  return `<text x="${at(x)}" y="${at(y)}"${classes && ` class="${classes}"`}>${escaped(words)}</text>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** @param tip is shown where the pointer rests on it. */
export function box({ x, y, width, height }: Box, fill: string, tip: string): string {
  const place = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"`;
  return `<rect ${place} rx="2" class="fill-${fill}"><title>${escaped(tip)}</title></rect>`;
}

export function rule([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="grid"/>`;
}

/** Pixels, to a tenth. */
export const at = (value: number) => String(Math.round(value * 10) / 10);
