import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import { type FunctionName, functionNames } from "../lambda/contract/routes.ts";
import { policyFile, wasmFile } from "../lambda/policy/compiled-policies.ts";
import { compilePolicies } from "./compile-policies.ts";

const root = path.resolve(import.meta.dirname, "..");

/**
 * Bundles every function into `<directory>/<function>/index.cjs`: the same files for Lambda and for the local stack.
 *
 * CommonJS starts faster than ESM on Lambda (importing `node:http` from ESM costs tens of milliseconds); the `module`
 * condition still lets esbuild drop what is not used.
 */
export async function bundleFunctions(directory: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: functionNames.map((name) => ({ in: `lambda/handlers/${name}.ts`, out: `${name}/index` })),
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
    plugins: [pureSchemas],
    logLevel: "warning",
  });
  await Promise.all(decidingFunctions.map((name) => layPolicies(bundleOf(directory, name))));
}

/** The functions that ask policy, and so need it beside their code. */
const decidingFunctions: readonly FunctionName[] = ["connect", "instances"];

async function layPolicies(directory: string): Promise<void> {
  await copyFile(
    path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm"),
    path.join(directory, wasmFile),
  );
  await writeFile(path.join(directory, policyFile), JSON.stringify(compilePolicies(path.join(root, "policies"))));
}

/** The directory of a function's bundle: its Lambda asset. */
export function bundleOf(directory: string, name: FunctionName): string {
  return path.join(directory, name);
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
