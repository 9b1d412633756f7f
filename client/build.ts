import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { noticesFile, noticesOf } from "../packaging/notices.ts";
import { precomputed } from "../sdk/build/precomputed.ts";
import { commandFile } from "./bytecode-cache.ts";

const root = path.resolve(import.meta.dirname, "..");

/** What starts the command, as package.json's `bin` has it. */
export const clientFile = "build/client/latchkey.cjs";

/**
 * What `latchkey policy` loads, beside the command: the functions' own engine and the build's checks, as `policy-tools/index.ts`
 * has them, and Cedar's module of 4 MB.
 */
const policyBundle = "policy.cjs";

/** What `latchkey mcp` loads, beside the command: the protocol's own server, zod, and the tools. */
const mcpBundle = "mcp.cjs";

/** Modules of schemas: zod is not needed at run time. */
const precomputedModules = /[\\/](?:sdk[\\/]contract|client[\\/]settings[\\/]config-schema)\.ts$/;

/**
 * What most starts never need. V8 looks through every function of a script before it runs the first, 30 ms for the
 * parts of the AWS SDK; through a string it just passes. So these are in the file as text, and become code when they
 * are imported. None may import modules of ours, which would be there twice then.
 */
const seldomNeeded = /^https-proxy-agent$|[\\/](?:aws-chain|openid-client)\.ts$/;

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  legalComments: "none",
  platform: "node",
  target: "node20",
  // It starts faster than ESM, and `await import` costs nothing until it is reached.
  format: "cjs",
  conditions: ["module"],
  mainFields: ["module", "main"],
  supported: { "dynamic-import": false },
  // For `ws`, which uses it if it is there.
  alias: { bufferutil: path.join(root, "client/tunnel/mask.ts") },
  logLevel: "warning",
};

/**
 * Bundles the client: an executable file, and what that loads beside it.
 *
 * @returns what the file is made of.
 */
export async function bundleClient(file: string): Promise<Metafile> {
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
  const seldom: Metafile["outputs"][string][] = [];
  const { metafile } = await build({
    ...common,
    entryPoints: ["client/main.ts"],
    outfile: path.join(path.dirname(file), commandFile),
    define: { "process.env.LATCHKEY_VERSION": JSON.stringify(version) },
    banner: { js: "(function(require){" },
    footer: { js: "})" },
    plugins: [besideTheCommand, precomputed(precomputedModules), asText(seldom)],
    metafile: true,
  });
  await bundleStart(file);
  const policy = await bundlePolicyTools(path.dirname(file));
  const mcp = await build({
    ...common,
    entryPoints: ["client/mcp/serve.ts"],
    outfile: path.join(path.dirname(file), mcpBundle),
    plugins: [precomputed(precomputedModules)],
    metafile: true,
  });
  const outputs = [metafile, policy, mcp.metafile].flatMap((each) => Object.values(each.outputs));
  const notices = noticesOf([...outputs, ...seldom]);
  await writeFile(path.join(path.dirname(file), noticesFile), notices);
  return metafile;
}

async function bundleStart(file: string): Promise<void> {
  const code = await readFile(path.join(path.dirname(file), commandFile));
  await build({
    ...common,
    entryPoints: ["client/start.ts"],
    outfile: file,
    define: {
      "process.env.LATCHKEY_BUILD": JSON.stringify(createHash("sha256").update(code).digest("hex").slice(0, 16)),
    },
    banner: { js: "#!/usr/bin/env node" },
  });
  await chmod(file, 0o755);
}

const besideTheCommand: Plugin = {
  name: "beside-the-command",
  setup({ onResolve }) {
    onResolve({ filter: /\/policy-tools\/index\.ts$/ }, () => ({ path: `./${policyBundle}`, external: true }));
    onResolve({ filter: /^\.\/serve\.ts$/ }, () => ({ path: `./${mcpBundle}`, external: true }));
  },
};

async function bundlePolicyTools(directory: string): Promise<Metafile> {
  await mkdir(directory, { recursive: true });
  await copyFile(path.join(root, cedarPackage, "web/cedar_wasm_bg.wasm"), path.join(directory, wasmFile));
  await copyFile(path.join(root, "policies", schemaFile), path.join(directory, schemaFile));
  const { metafile } = await build({
    ...common,
    entryPoints: ["policy-tools/index.ts"],
    outfile: path.join(directory, policyBundle),
    // One copy of Cedar: the build's checks take Node's own, which reads a file of another name.
    alias: { "@cedar-policy/cedar-wasm/nodejs": path.join(root, cedarPackage, "web/cedar_wasm.js") },
    // Cedar's glue code reads the URL to fetch its module; we pass the module.
    define: { "import.meta.url": '""', "import.meta.dirname": "__dirname" },
    metafile: true,
  });
  return metafile;
}

const cedarPackage = "node_modules/@cedar-policy/cedar-wasm";
/** As `policy-tools` looks for them. */
const wasmFile = "cedar.wasm";
const schemaFile = "schema.cedarschema";

/** @param outputs gets what the texts are made of. */
const asText = (outputs: Metafile["outputs"][string][]): Plugin => ({
  name: "as-text",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: seldomNeeded }, ({ path: name, resolveDir }) => ({
      path: name.startsWith(".") ? path.join(resolveDir, name) : name,
      namespace: "as-text",
    }));
    onLoad({ filter: /^/, namespace: "as-text" }, async ({ path: name }) => {
      const { outputFiles, metafile } = await build({
        ...common,
        stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: root },
        write: false,
        metafile: true,
      });
      outputs.push(...Object.values(metafile.outputs));
      const text = JSON.stringify(outputFiles?.[0]?.text);
      return {
        contents: `require("node:vm").compileFunction(${text}, ["module", "exports", "require"])(module, exports, require)`,
        resolveDir: root,
      };
    });
  },
});

// Not awaited: Jest loads this file by `require`, which takes no module that waits at its top level.
if (import.meta.main) void bundleClient(path.join(root, clientFile));
