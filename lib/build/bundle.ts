import { copyFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { openApiFile } from "../../contract/open-api.ts";
import { type BundleName, bundleNames, type FunctionName, routes } from "../../contract/routes.ts";
import { codeFile } from "../../lambda/loader/bytecode.ts";
import { policyFile, wasmFile } from "../../lambda/policy/compiled-policies.ts";
import { policyText, policyTextFile } from "../../lambda/policy/policy-text.ts";
import { noticesFile, noticesOf } from "../../packaging/notices.ts";
import { buildConsole } from "../../web/build.ts";
import { bundleOf, siteOf, writeFunctionSettings } from "../function-bundles.ts";
import type { Settings } from "../settings.ts";
import { addBytecode, asScript, forFunctions } from "./bytecode.ts";
import { compilePolicies, inJson, type PolicyTexts } from "./compile-policies.ts";
import { checkRules, lean } from "./lean-modules.ts";
import { makeOpenApi } from "./openapi.ts";

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
  const metafile = await bundle(
    bundleNames.map((name) => ({ in: handlerOf(name), out: `${name}/${path.parse(codeFile).name}` })),
    directory,
    asScript,
  );
  checkRules(metafile);
  await addBytecode(
    bundleNames.map((name) => bundleOf(directory, name)),
    node,
  );
  await Promise.all(decidingFunctions.map((name) => copyFile(wasm, path.join(bundleOf(directory, name), wasmFile))));
  await writePolicies(directory, compilePolicies(path.join(root, "policies"), settings));
  writeFunctionSettings(directory, settings);
  if (settings.console) await buildConsole(siteOf(directory));
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

/** The functions that evaluate policy, and so need it in their bundles. */
const decidingFunctions: readonly FunctionName[] = [
  "connect",
  "instances",
  "inspect",
  "access",
  "wait",
  "audit",
  "register",
];

/** The one that keeps them. */
const keepingFunction: FunctionName = "projector";

const wasm = path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm");

/** Writes policies into the bundles that need them, in place of those that they have. */
export async function writePolicies(directory: string, texts: PolicyTexts): Promise<void> {
  const compiled = JSON.stringify(inJson(texts));
  const files = [
    // The inventory is indexed by the tags that policies name.
    ...[...decidingFunctions, "sync" as const].map((name) => [name, policyFile, compiled] as const),
    [keepingFunction, policyTextFile, policyText(texts)] as const,
  ];
  await Promise.all(
    files.map(async ([name, file, text]) => {
      const target = path.join(bundleOf(directory, name), file);
      await rm(target, { force: true }); // it may be a link
      await writeFile(target, text);
    }),
  );
}
