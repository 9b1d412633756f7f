import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build } from "esbuild";

/** How everything that a function loads is bundled. */
export const forFunctions = {
  absWorkingDir: path.resolve(import.meta.dirname, "../.."),
  bundle: true,
  minify: true,
  legalComments: "none",
  platform: "node",
  target: "node24",
  format: "cjs",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Makes of a bundle's code what the loader takes: a script, because V8 writes out the bytecode of nothing else. */
export const asScript = {
  banner: { js: "(function (exports, require, module, __filename, __dirname) {" },
  footer: { js: "})" },
} as const satisfies BuildOptions;

/** Adds to bundles the `index.cjs` that loads their code, and its bytecode if that is beside it. */
export async function writeLoader(bundles: readonly string[]): Promise<void> {
  const { outputFiles } = await build({ ...forFunctions, entryPoints: ["lambda/loader/index.ts"], write: false });
  const [loader = ""] = outputFiles.map(({ text }) => text);
  await Promise.all(bundles.map((bundle) => writeFile(path.join(bundle, "index.cjs"), loader)));
}
