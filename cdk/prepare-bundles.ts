import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/web";
import { bundleNames } from "../contract/routes.ts";
import { addBytecode } from "../lib/build/add-bytecode.ts";
import { compilePolicies } from "../lib/build/compile-policies.ts";
import { copyCedar, writePolicies } from "../lib/build/write-policies.ts";
import { bundleOf, writeFunctionSettings } from "../lib/function-bundles.ts";
import type { Settings } from "../lib/settings.ts";

/** What the package has beside this code. */
const inPackage = (...names: readonly string[]) => path.join(import.meta.dirname, ...names);

export interface PrepareBundlesProps {
  readonly settings: Settings;
  /** The directory of the policies. */
  readonly policies: string;
  readonly runtimeNode?: readonly string[];
}

/**
 * Copies the package's functions into a directory, where they get policies and settings.
 *
 * @throws Error if policies do not compile.
 */
export function prepareBundles(directory: string, { settings, policies, runtimeNode }: PrepareBundlesProps): void {
  const wasm = inPackage("../client/cedar.wasm");
  cedar.initSync({ module: new WebAssembly.Module(readFileSync(wasm)) });
  const texts = compilePolicies(policies, settings, inPackage("../client/schema.cedarschema"));

  cpSync(inPackage("functions"), directory, { recursive: true });
  copyCedar(wasm, directory);
  writePolicies(directory, texts);
  writeFunctionSettings(directory, settings);
  const bundles = bundleNames.map((name) => bundleOf(directory, name));
  if (runtimeNode) addBytecode(bundles, runtimeNode, inPackage("compile-bytecode.cjs"));
}
