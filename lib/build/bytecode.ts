import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
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

/**
 * Adds to bundles the bytecode of their code, and the `index.cjs` that loads it.
 *
 * @param bundles their directories.
 * @param node the command that runs the Node for which the bytecode is.
 * @throws Error naming the command if it compiles none.
 */
export async function addBytecode(bundles: readonly string[], node: readonly string[]): Promise<void> {
  await Promise.all([writeLoader(bundles), compile(bundles, node)]);
}

async function writeLoader(bundles: readonly string[]): Promise<void> {
  const { outputFiles } = await build({ ...forFunctions, entryPoints: ["lambda/loader/index.ts"], write: false });
  const [loader = ""] = outputFiles.map(({ text }) => text);
  await Promise.all(bundles.map((bundle) => writeFile(path.join(bundle, "index.cjs"), loader)));
}

/** In a process of its own, because V8's flags are those of a process. */
async function compile(bundles: readonly string[], [program = "", ...args]: readonly string[]): Promise<void> {
  const compiler = path.join(import.meta.dirname, "compile-bytecode.ts");
  await promisify(execFile)(program, [...args, "--hash-seed=1", compiler, ...bundles]).catch((cause: unknown) => {
    throw new Error(`${[program, ...args].join(" ")} compiles no bytecode: is it Node 24, as on Lambda?`, { cause });
  });
}
