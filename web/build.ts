import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Metafile, type OnResolveArgs, type Plugin } from "esbuild";
import { noticesFile, noticesOf } from "../packaging/notices.ts";
import { precomputed } from "../sdk/build/precomputed.ts";

const root = path.resolve(import.meta.dirname, "..");

/** Where `npm run console` leaves it. */
export const consoleDirectory = "build/web";

/**
 * dev-tunnels-ssh chooses between WebCrypto and Node's own at run time, and its RPC library has streams of Node's. A browser uses
 * nothing of these: they are empty. So are the groups of a key exchange that the console does not offer.
 */
const withoutNode: Plugin = {
  name: "without-node",
  setup({ onResolve, onLoad }) {
    const empty = ({ path: name }: OnResolveArgs) => ({ path: name, namespace: "empty" });
    onResolve(
      { filter: /^(?:assert|child_process|crypto|diffie-hellman|events|fs|net|os|path|stream|url|util|vm)$/ },
      empty,
    );
    onResolve({ filter: /^\.\/node\/node/ }, empty);
    onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "exports.Duplex = class {};" }));
  },
};

/** What of xterm's a policy without inline styles forbids, how often it occurs, and what stands in its place. */
const inlineStyles = [
  [/[\w.]+\.createElement\("style"\)/g, 3, "styleNode()"],
  [/(\w+)\.setAttribute\("style",/g, 1, "setStyle($1,"],
] as const;

/** xterm under the console's Content-Security-Policy, which it has no option for. */
const xtermWithoutMarkup: Plugin = {
  name: "xterm-without-markup",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs$/ }, async ({ path: file }) => {
      let contents = await readFile(file, "utf8");
      for (const [pattern, count, replacement] of inlineStyles) {
        const found = contents.match(pattern)?.length;
        if (found !== count) throw new Error(`xterm has ${found} times ${pattern}, not ${count}: see what has changed`);
        contents = contents.replaceAll(pattern, replacement);
      }
      const source = JSON.stringify(path.join(root, "web/terminal/styles-without-markup.ts"));
      return { contents: `import { setStyle, styleNode } from ${source};${contents}` };
    });
  },
};

/**
 * Bundles the browser console into a directory: `index.html`, and beside it `assets/`, whose names contain a hash. All URLs are
 * relative, so it can be served under any path. `config.json` is its host's.
 *
 * @returns what the files are made of.
 */
export async function buildConsole(directory: string): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["web/main.tsx", "web/icon.svg"],
    outdir: path.join(directory, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    legalComments: "none",
    platform: "browser",
    format: "esm",
    // What has WebCrypto's Ed25519: Chrome 137, Firefox 130, Safari 17.
    target: ["es2022", "chrome137", "firefox130", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    plugins: [precomputed(/[\\/]sdk[\\/]contract\.ts$/), withoutNode, xtermWithoutMarkup],
    // dev-tunnels-ssh takes `global` for granted, and has an old copy of the package that makes Node's Buffer.
    alias: { buffer: path.join(root, "node_modules/buffer/index.js") },
    define: { global: "globalThis" },
    metafile: true,
    logLevel: "warning",
  });
  const files = Object.keys(metafile.outputs).map((file) => path.basename(file));
  const asset = (pattern: RegExp) => `assets/${files.find((file) => pattern.test(file))}`;
  const preloads = chunksOf(metafile).map((chunk) => `<link rel="modulepreload" href="${chunk}" />`);
  const page = await readFile(path.join(root, "web/index.html"), "utf8");
  const filled = page
    .replace("ICON", asset(/^icon-.*\.svg$/))
    .replace("STYLE", asset(/^main-.*\.css$/))
    .replace("SCRIPT", asset(/^main-.*\.js$/))
    .replace("<!-- PRELOADS -->", preloads.join("\n    "));
  await writeFile(path.join(directory, "index.html"), filled);
  await writeFile(path.join(directory, noticesFile), noticesOf(Object.values(metafile.outputs)));
  return metafile;
}

/** What the first script imports: a browser would learn it only from the script. */
function chunksOf({ outputs }: Metafile): string[] {
  const main = Object.values(outputs).find(({ entryPoint }) => entryPoint === "web/main.tsx");
  const imports = main?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  return imports.map(({ path: file }) => `assets/${path.basename(file)}`);
}

// Not awaited: Jest loads this file by `require`, which takes no module that waits at its top level.
if (import.meta.main) void buildConsole(path.join(root, consoleDirectory));
