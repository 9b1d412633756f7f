import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { type BundleName, bundleNames } from "../contract/routes.ts";
import { bytecodeFile } from "../lambda/loader/bytecode.ts";
import { wasmFile } from "../lambda/policy/compiled-policies.ts";
import { bundle, bundleFunctions, handlerOf } from "../lib/build/bundle.ts";
import { bundleOf } from "../lib/function-bundles.ts";
import { settings } from "../local/shared/account.ts";
import { noticesFile } from "../packaging/notices.ts";

export interface BundleSize {
  /** Kilobytes of all deployed files except Cedar's module, bytecode, and the licences, which nothing loads. */
  readonly kilobytes: number;
  /** Kilobytes of the bytecode of its code. */
  readonly bytecode: number;
  /** The number of files that esbuild put into it. */
  readonly modules: number;
}

export type BundleSizes = Readonly<Record<BundleName, BundleSize>>;

/** Builds every function's bundle into a directory. @param of the settings in them: the local stack's by default. */
export async function buildFunctions(directory: string, of = settings): Promise<BundleSizes> {
  const { outputs } = await bundleFunctions(directory, of);
  const sizes = bundleNames.map(async (name) => {
    const output = Object.values(outputs).find(({ entryPoint }) => entryPoint === handlerOf(name));
    const inputs = Object.values(output?.inputs ?? {});
    const bundle = bundleOf(directory, name);
    return [
      name,
      {
        kilobytes: (await bytesIn(bundle)) / 1000,
        bytecode: (await stat(path.join(bundle, bytecodeFile))).size / 1000,
        // A module with nothing left costs nothing.
        modules: inputs.filter(({ bytesInOutput }) => bytesInOutput > 0).length,
      },
    ] as const;
  });
  // Every name has an entry, which the type of Object.fromEntries loses.
  return Object.fromEntries(await Promise.all(sizes)) as unknown as BundleSizes;
}

async function bytesIn(directory: string): Promise<number> {
  const files = (await readdir(directory)).filter((file) => ![wasmFile, bytecodeFile, noticesFile].includes(file));
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export interface BenchScripts {
  readonly probe: string;
  readonly parallelProbe: string;
  readonly tracedProbe: string;
  readonly empty: string;
}

/** Builds the probe and the empty function with the functions' settings. */
export async function buildScripts(directory: string): Promise<BenchScripts> {
  const names = ["probe", "parallel-probe", "traced-probe", "empty"];
  await bundle(
    names.map((name) => ({ in: `bench/${name}.ts`, out: `${name}/index` })),
    directory,
  );
  const script = (name: string) => path.join(directory, name, "index.cjs");
  return {
    probe: script("probe"),
    parallelProbe: script("parallel-probe"),
    tracedProbe: script("traced-probe"),
    empty: script("empty"),
  };
}
