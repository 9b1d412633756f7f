import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const docs = path.join(import.meta.dirname, "../docs");

/**
 * Replaces the blocks of text under a heading of a page.
 *
 * @param heading a line of the page, with its number signs.
 * @param texts in the order of the blocks.
 * @throws Error if there are fewer blocks.
 */
export function withBlocks(page: string, heading: string, texts: readonly string[]): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`There is no heading "${heading}"`);
  const body = page.slice(start + heading.length + 1);
  const next = body.search(/\n#+ /);
  const end = start + heading.length + 1 + (next < 0 ? body.length : next);
  const left = [...texts];
  const section = page
    .slice(start, end)
    .replace(/```text\n[\s\S]*?\n```/g, (block) => `\`\`\`text\n${left.shift() ?? block.slice(8, -4)}\n\`\`\``);
  if (left.length > 0) throw new Error(`Under "${heading}" there are fewer than ${texts.length} blocks of text`);
  return page.slice(0, start) + section + page.slice(end);
}

/** Writes results into a page of docs/. @param sections the texts of each heading. */
export async function writeResults(name: string, sections: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const file = path.join(docs, name);
  const page = await readFile(file, "utf8");
  await writeFile(
    file,
    Object.entries(sections).reduce((text, [heading, texts]) => withBlocks(text, heading, texts), page),
  );
}

/** Writes a picture that the docs show. */
export const writePicture = (name: string, picture: string) => writeFile(path.join(docs, "images", name), picture);
