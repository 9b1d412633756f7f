import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Metafile } from "esbuild";
import { buildConsole } from "../web/build.ts";

/** Kilobytes. */
export interface ConsoleSizes {
  /** What a browser loads before it shows the first page, gzipped: the page, its style sheet and scripts. */
  readonly firstLoad: number;
  /** What it loads for the first terminal, gzipped. */
  readonly terminal: number;
  /** All style sheets, as they are. */
  readonly styles: number;
}

/** What only a terminal needs. */
const terminalPackages = /node_modules\/@(?:xterm|microsoft\/dev-tunnels-ssh)\//;

/** Builds the console into a directory and measures it. */
export async function measureConsole(directory: string): Promise<ConsoleSizes> {
  const { outputs } = await buildConsole(directory);
  const files = Object.keys(outputs);
  const read = (file: string) => readFile(path.join(directory, "assets", path.basename(file)));
  const gzipped = async (names: Iterable<string>) =>
    sum(await Promise.all([...names].map(async (name) => gzipSync(await read(name)).length)));
  const first = loadedWith(
    files.filter((file) => outputs[file]?.entryPoint === "web/main.tsx"),
    outputs,
  );
  const isOfTerminal = (file: string) =>
    Object.keys(outputs[file]?.inputs ?? {}).some((name) => terminalPackages.test(name));
  const withTerminal = loadedWith(files.filter(isOfTerminal), outputs);
  const terminal = [...withTerminal].filter((file) => !first.has(file));
  const page = gzipSync(await readFile(path.join(directory, "index.html"))).length;
  const styles = files.filter((file) => file.endsWith(".css")).map(async (file) => (await read(file)).length);
  return {
    firstLoad: (page + (await gzipped(first))) / 1000,
    terminal: (await gzipped(terminal)) / 1000,
    styles: sum(await Promise.all(styles)) / 1000,
  };
}

/** Files with what they import when they load, and their style sheets. */
function loadedWith(files: readonly string[], outputs: Metafile["outputs"]): Set<string> {
  const loaded = new Set(files);
  // A set also iterates over what is added meanwhile.
  for (const file of loaded) {
    const { imports = [], cssBundle } = outputs[file] ?? {};
    for (const each of imports) if (each.kind === "import-statement") loaded.add(each.path);
    if (cssBundle) loaded.add(cssBundle);
  }
  return loaded;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
