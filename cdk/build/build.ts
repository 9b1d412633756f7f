import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build } from "esbuild";
import { bundleCode } from "../../lib/build/bundle.ts";
import { siteOf } from "../../lib/function-bundles.ts";
import { emitDeclarations } from "../../packaging/emit-declarations.ts";
import { noticesFile, noticesOf } from "../../packaging/notices.ts";
import { buildConsole } from "../../web/build.ts";
import { settingsFile } from "./settings-file.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The files whose declarations a user of the package sees. */
const declared = ["index", "latchkey", "target-stacks"];

/**
 * Builds `latchkey/cdk`: one CommonJS module, as CDK's own are, that needs aws-cdk-lib and constructs, and its declarations.
 * Beside it the functions' code and the browser console, so that a synthesis compiles no source.
 */
export async function buildCdk(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const functions = path.join(directory, "functions");
  const [{ metafile }] = await Promise.all([
    build({ ...common, entryPoints: ["cdk/index.ts"], outfile: path.join(directory, "index.cjs"), metafile: true }),
    build({
      ...common,
      entryPoints: ["lib/build/compile-bytecode.ts"],
      outfile: path.join(directory, "compile-bytecode.cjs"),
    }),
    writeDeclarations(directory),
    bundleCode(functions).then(() => buildConsole(siteOf(functions))),
  ]);
  await writeFile(path.join(directory, noticesFile), noticesOf(Object.values(metafile.outputs)));
  await writeFile(path.join(directory, "settings.d.cts"), settingsFile());
}

const cedar = path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm.js");

const common = {
  absWorkingDir: root,
  bundle: true,
  legalComments: "none",
  platform: "node",
  target: "node20",
  format: "cjs",
  conditions: ["module"],
  mainFields: ["module", "main"],
  external: ["aws-cdk-lib", "constructs"],
  // One copy of Cedar: the build's checks take Node's own, which reads a file of another name.
  alias: { "@cedar-policy/cedar-wasm/nodejs": cedar, "@cedar-policy/cedar-wasm/web": cedar },
  define: { "import.meta.dirname": "__dirname", "import.meta.url": "__filename" },
  logLevel: "warning",
} as const satisfies BuildOptions;

/** As CommonJS's declarations are named. */
async function writeDeclarations(directory: string): Promise<void> {
  const emitted = path.join(directory, "emitted");
  await emitDeclarations(["cdk/index.ts"], emitted);
  for (const name of declared) {
    const text = await readFile(path.join(emitted, "cdk", `${name}.d.ts`), "utf8");
    await writeFile(path.join(directory, `${name}.d.cts`), text.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.cjs"'));
  }
  await rm(emitted, { recursive: true });
}

// Not awaited: Jest loads this file by `require`, which takes no module that waits at its top level.
if (import.meta.main) void buildCdk(path.join(root, "build/cdk"));
