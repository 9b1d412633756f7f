import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { openApiFile } from "../../contract/open-api.ts";
import { type FunctionName, functionNames, routes } from "../../contract/routes.ts";
import { type CompiledPolicies, policyFile, wasmFile } from "../../lambda/policy/compiled-policies.ts";
import { bundleOf, writeFunctionSettings } from "../function-bundles.ts";
import type { Settings } from "../settings.ts";
import { compilePolicies, inJson } from "./compile-policies.ts";
import { makeOpenApi } from "./openapi.ts";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Bundles every function into `<directory>/<function>/index.cjs`: the same files for Lambda and for the local stack.
 *
 * @param settings are written into the bundles, and say which groups and callers policies can name.
 * @returns what each bundle is made of.
 * @throws Error if policies do not compile.
 */
export async function bundleFunctions(directory: string, settings: Settings): Promise<Metafile> {
  const metafile = await bundle(
    functionNames.map((name) => ({ in: handlerOf(name), out: `${name}/index` })),
    directory,
  );
  const policies = inJson(compilePolicies(path.join(root, "policies"), settings));
  await Promise.all(decidingFunctions.map((name) => writePolicies(bundleOf(directory, name), policies)));
  writeFunctionSettings(directory, settings);
  await writeFile(path.join(bundleOf(directory, routes.openApi.function), openApiFile), JSON.stringify(makeOpenApi()));
  return metafile;
}

/** The file that a function's bundle starts from, as the metafile names it. */
export const handlerOf = (name: FunctionName) => `lambda/handlers/${name}.ts`;

/**
 * Bundles each entry point (`in`, from the root) into `<directory>/<out>.cjs`, as functions are bundled.
 *
 * CommonJS starts faster than ESM on Lambda (importing `node:http` from ESM costs tens of milliseconds); the `module`
 * condition still lets esbuild drop what is not used.
 */
export async function bundle(entryPoints: { in: string; out: string }[], directory: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: directory,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    minify: true,
    legalComments: "none",
    platform: "node",
    target: "node24",
    format: "cjs",
    conditions: ["module"],
    mainFields: ["module", "main"],
    // Cedar's glue looks at it for a place to fetch its module from; ours is given one.
    define: { "import.meta.url": '""' },
    alias: { "@aws-sdk/credential-provider-node": path.join(root, "lambda/aws/environment-credentials.ts") },
    // The SDK's `await import("node:http")` becomes a require: as an import it costs the first request 25 ms, since Node
    // then makes every export of the module, fetch's among them.
    supported: { "dynamic-import": false },
    plugins: [pureSchemas, withoutDescriptions],
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}

/** The functions that evaluate policy, and so need it beside their code. */
const decidingFunctions: readonly FunctionName[] = ["connect", "instances", "access", "wait", "audit", "register"];

async function writePolicies(directory: string, policies: CompiledPolicies): Promise<void> {
  await copyFile(
    path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm"),
    path.join(directory, wasmFile),
  );
  await writeFile(path.join(directory, policyFile), JSON.stringify(policies));
}

/**
 * Lets esbuild drop the SDK's schemas that no command of ours refers to (900 KB of EC2's alone). They are arrays with
 * computed keys, which a bundler must take for code with effects; in a pure call they are not.
 */
const pureSchemas: Plugin = {
  name: "pure-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/].*[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, "utf8");
      return {
        contents: source.replace(/^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm, "$1/* @__PURE__ */ (() => $2)();"),
      };
    });
  },
};

/**
 * Takes the descriptions out of the contract's schemas: they are for the OpenAPI document, and each costs a schema more at
 * every cold start. What is left means the same.
 */
const withoutDescriptions: Plugin = {
  name: "without-descriptions",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]contract[\\/][\w-]+\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/\s*\.(?:describe|meta)\((?:"[^"]*"|[^"()])*\)/g, ""),
      loader: "ts",
    }));
  },
};
