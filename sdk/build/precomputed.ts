import type { Plugin } from "esbuild";

/**
 * For the bundler: replaces modules with their default export as plain data. Making the contract's schemas with zod takes longer
 * than the rest of a start.
 *
 * @param modules a pattern of their files.
 */
export const precomputed = (modules: RegExp): Plugin => ({
  name: "precomputed",
  setup({ onLoad }) {
    onLoad({ filter: modules }, async ({ path: file }) => {
      const { default: data } = (await import(file)) as { default: unknown };
      return { contents: `export default JSON.parse(${textOf(data)})`, loader: "js" };
    });
  },
});

/** An expression for the data in JSON. Twice in JSON: V8 parses it faster than an object literal. */
function textOf(data: unknown): string {
  let json = JSON.stringify(data);
  let restored = "";
  for (const [index, text] of repeatedIn(json).entries()) {
    // JSON escapes this character wherever it has it.
    const mark = `\u0001${index}\u0001`;
    json = json.replaceAll(text, mark);
    restored += `.replaceAll(${JSON.stringify(mark)}, () => ${JSON.stringify(text)})`;
  }
  return JSON.stringify(json) + restored;
}

/** The long texts that are there more than once, such as the pattern of a time. */
function repeatedIn(json: string): string[] {
  const texts = json.match(/"(?:[^"\\]|\\.)*"/g)?.filter(({ length }) => length > 100) ?? [];
  return [...new Set(texts)].filter((text) => texts.indexOf(text) !== texts.lastIndexOf(text));
}
