import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { emitDeclarations } from "../../packaging/emit-declarations.ts";
import { noticesFile, noticesOf } from "../../packaging/notices.ts";
import { precomputed } from "./precomputed.ts";
import { typesFile } from "./types-file.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The files whose declarations a user of the package sees: what the index.ts export, and what that names. */
const declared = [
  "index",
  "call",
  "errors",
  "latchkey",
  "refreshed-token",
  "sigv4",
  "transport",
  "tunnel",
  "wait-for-access",
  "login/index",
  "login/client-credentials",
  "login/login-options",
  "login/login-token",
];

/**
 * Builds `latchkey/sdk`: one ES module without dependencies for browsers and Node.js, and its declarations without zod. Beside it
 * `latchkey/sdk/login`, for Node.js alone.
 */
export async function buildSdk(directory: string): Promise<void> {
  const emitted = path.join(directory, "emitted");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const bundle = async (name: string, options: BuildOptions) => {
    const outfile = path.join(directory, `${name}.js`);
    const entryPoints = [`sdk/${name}.ts`];
    const { metafile } = await build({ ...common, entryPoints, outfile, ...options, metafile: true });
    return Object.values(metafile.outputs);
  };
  const [outputs] = await Promise.all([
    Promise.all([
      bundle("index", { platform: "neutral", plugins: [precomputed(/[\\/]sdk[\\/]contract\.ts$/)] }),
      bundle("login/index", { platform: "node", plugins: [errorsOfIndex] }),
    ]),
    emitDeclarations(["sdk/index.ts", "sdk/login/index.ts"], emitted),
  ]);
  await writeFile(path.join(directory, noticesFile), noticesOf(outputs.flat()));
  for (const name of declared) {
    const text = await readFile(path.join(emitted, "sdk", `${name}.d.ts`), "utf8");
    await writeFile(path.join(directory, `${name}.d.ts`), text.replace(/(from "\.{1,2}\/[\w-]+)\.ts"/g, '$1.js"'));
  }
  await writeFile(path.join(directory, "types.d.ts"), typesFile());
  await rm(emitted, { recursive: true });
}

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
};

/** One copy of the classes of errors serves both modules: `instanceof` goes by it. */
const errorsOfIndex: Plugin = {
  name: "errors-of-index",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/errors\.ts$/ }, () => ({ path: "../index.js", external: true }));
  },
};

// Not awaited: Jest loads this file by `require`, which takes no module that waits at its top level.
if (import.meta.main) void buildSdk(path.join(root, "build/sdk"));
