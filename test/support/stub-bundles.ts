import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleNames } from "../../contract/routes.ts";
import { bundleOf, siteOf, writeFunctionSettings } from "../../lib/function-bundles.ts";
import type { Settings } from "../../lib/settings.ts";

/** Writes stubs of the functions' bundles, and of the browser console, into a directory: enough to synthesize stacks. */
export function stubBundles(directory: string, settings: Settings): void {
  for (const name of bundleNames) {
    mkdirSync(bundleOf(directory, name));
    writeFileSync(path.join(bundleOf(directory, name), "index.cjs"), `// ${name}`);
  }
  mkdirSync(path.join(siteOf(directory), "assets"), { recursive: true });
  for (const file of ["index.html", "assets/main-ABCD.js"]) writeFileSync(path.join(siteOf(directory), file), file);
  writeFunctionSettings(directory, settings);
}
