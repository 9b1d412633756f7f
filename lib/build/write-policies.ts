import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { BundleName, FunctionName } from "../../contract/routes.ts";
import { policyFile, wasmFile } from "../../lambda/policy/compiled-policies.ts";
import { policyText, policyTextFile } from "../../lambda/policy/policy-text.ts";
import { bundleOf } from "../function-bundles.ts";
import { inJson, type PolicyTexts } from "./compile-policies.ts";

/** The functions that evaluate policy, and so need it in their bundles. */
const decidingFunctions: readonly BundleName[] = [
  "connect",
  "instances",
  "inspect",
  "access",
  "wait",
  "audit",
  "register",
  "chat",
];

/** The one that keeps them. */
const keepingFunction: FunctionName = "projector";

/** Copies Cedar's module into the bundles that need it. */
export function copyCedar(wasm: string, directory: string): void {
  for (const name of decidingFunctions) copyFileSync(wasm, path.join(bundleOf(directory, name), wasmFile));
}

/** Writes policies into the bundles that need them, in place of those that they have. */
export function writePolicies(directory: string, texts: PolicyTexts): void {
  const compiled = JSON.stringify(inJson(texts));
  const write = (name: BundleName, file: string, text: string) => {
    const target = path.join(bundleOf(directory, name), file);
    rmSync(target, { force: true }); // it may be a link
    writeFileSync(target, text);
  };
  // The inventory is indexed by the tags that policies name.
  for (const name of [...decidingFunctions, "sync" as const]) write(name, policyFile, compiled);
  write(keepingFunction, policyTextFile, policyText(texts));
}
