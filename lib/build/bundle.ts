import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { openApiFile } from "../../contract/open-api.ts";
import { type BundleName, bundleNames, routes } from "../../contract/routes.ts";
import { codeFile } from "../../lambda/loader/bytecode.ts";
import { noticesFile, noticesOf } from "../../packaging/notices.ts";
import { buildConsole } from "../../web/build.ts";
import { bundleOf, siteOf, writeFunctionSettings } from "../function-bundles.ts";
import type { Settings } from "../settings.ts";
import { addBytecode } from "./add-bytecode.ts";
import { asScript, forFunctions, writeLoader } from "./bytecode.ts";
import { compilePolicies } from "./compile-policies.ts";
import { checkRules, lean } from "./lean-modules.ts";
import { makeOpenApi } from "./openapi.ts";
import { copyCedar, writePolicies } from "./write-policies.ts";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Bundles every function into `<directory>/<function>/`, with bytecode and the `index.cjs` that loads it: the same files for
 * Lambda and for the local stack. And the browser console, if the settings have one.
 *
 * @param settings are written into the bundles, and say which groups and callers policies can name.
 * @param node the command that runs the Node for which the bytecode is: by default the one that runs this.
 * @returns what each bundle is made of.
 * @throws Error if policies do not compile, or if a rule of `lean-modules.ts` fits no module.
 */
export async function bundleFunctions(
  directory: string,
  settings: Settings,
  node: readonly string[] = [process.execPath],
): Promise<Metafile> {
  const metafile = await bundleCode(directory);
  addBytecode(
    bundleNames.map((name) => bundleOf(directory, name)),
    node,
  );
  copyCedar(wasm, directory);
  writePolicies(directory, compilePolicies(path.join(root, "policies"), settings));
  writeFunctionSettings(directory, settings);
  if (settings.console) await buildConsole(siteOf(directory));
  return metafile;
}

/** Bundles what is the same in every deployment: the code of each function, and the API's description. */
export async function bundleCode(directory: string): Promise<Metafile> {
  const metafile = await bundle(
    bundleNames.map((name) => ({ in: handlerOf(name), out: `${name}/${path.parse(codeFile).name}` })),
    directory,
    asScript,
  );
  checkRules(metafile);
  await writeLoader(bundleNames.map((name) => bundleOf(directory, name)));
  await writeFile(path.join(bundleOf(directory, routes.openApi.function), openApiFile), JSON.stringify(makeOpenApi()));
  return metafile;
}

/** The file that a function's bundle starts from, as the metafile names it. */
export const handlerOf = (name: BundleName) => `lambda/handlers/${name}.ts`;

/**
 * Bundles each entry point (`in`, from the root) into `<directory>/<out>.cjs`, as functions are bundled.
 *
 * CommonJS starts faster than ESM on Lambda (importing `node:http` from ESM costs tens of milliseconds); the `module`
 * condition still lets esbuild drop what is not used.
 */
export async function bundle(
  entryPoints: { in: string; out: string }[],
  directory: string,
  options: BuildOptions = {},
): Promise<Metafile> {
  const { metafile } = await build({
    ...forFunctions,
    ...options,
    entryPoints,
    outdir: directory,
    outExtension: { ".js": ".cjs" },
    conditions: ["module"],
    mainFields: ["module", "main"],
    // Cedar's glue code reads it to fetch its module; we pass the module.
    define: { "import.meta.url": '""' },
    alias: { "@aws-sdk/credential-provider-node": path.join(root, "lambda/aws/environment-credentials.ts") },
    // The SDK's `await import("node:http")` becomes a require: as an import it costs the first request 25 ms, since Node
    // then makes every export of the module, fetch's among them.
    supported: { "dynamic-import": false },
    plugins: [lean],
    metafile: true,
  });
  await Promise.all(
    Object.entries(metafile.outputs).map(([file, output]) =>
      writeFile(path.join(root, path.dirname(file), noticesFile), noticesOf([output])),
    ),
  );
  return metafile;
}

/** Cedar's module. */
const wasm = path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm");
