import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { noticesFile, noticesOf } from "../../packaging/notices.ts";
import { precomputed } from "./precomputed.ts";
import { typesFile } from "./types-file.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The files whose declarations a user of the package sees: what index.ts exports, and what that names. */
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
];

/** Builds `latchkey/sdk`: one ES module without dependencies for browsers and Node.js, and its declarations without zod. */
export async function buildSdk(directory: string): Promise<void> {
  const emitted = path.join(directory, "emitted");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const [{ metafile }] = await Promise.all([
    build({
      absWorkingDir: root,
      entryPoints: ["sdk/index.ts"],
      outfile: path.join(directory, "index.js"),
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      plugins: [precomputed(/[\\/]sdk[\\/]contract\.ts$/)],
      logLevel: "warning",
      metafile: true,
    }),
    emitDeclarations(emitted),
  ]);
  await writeFile(path.join(directory, noticesFile), noticesOf(Object.values(metafile.outputs)));
  for (const name of declared) {
    const text = await readFile(path.join(emitted, "sdk", `${name}.d.ts`), "utf8");
    await writeFile(path.join(directory, `${name}.d.ts`), text.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"'));
  }
  await writeFile(path.join(directory, "types.d.ts"), typesFile());
  await rm(emitted, { recursive: true });
}

/** By the compiler, with the settings of tsconfig.json. Types are checked elsewhere. */
async function emitDeclarations(directory: string): Promise<void> {
  const tsconfig = path.join(path.dirname(directory), "tsconfig.json");
  const settings = {
    extends: path.join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: root,
      outDir: directory,
      typeRoots: [path.join(root, "node_modules/@types")],
    },
    include: [],
    files: [path.join(root, "sdk/index.ts")],
  };
  await writeFile(tsconfig, JSON.stringify(settings));
  await promisify(execFile)(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", tsconfig]);
  await rm(tsconfig);
}

// Not awaited: Jest loads this file by `require`, which takes no module that waits at its top level.
if (import.meta.main) void buildSdk(path.join(root, "build/sdk"));
