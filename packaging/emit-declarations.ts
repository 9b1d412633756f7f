import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "..");

/**
 * Has the compiler write the declarations of files, and of all that they import, with the settings of tsconfig.json. Types are
 * checked elsewhere.
 *
 * @param files their paths from the root.
 */
export async function emitDeclarations(files: readonly string[], directory: string): Promise<void> {
  const tsconfig = `${directory}.tsconfig.json`;
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
    files: files.map((file) => path.join(root, file)),
  };
  await writeFile(tsconfig, JSON.stringify(settings));
  await promisify(execFile)(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", tsconfig]);
  await rm(tsconfig);
}
