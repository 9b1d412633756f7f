import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/web";
import { type CompiledPolicies, wasmFile } from "../lambda/policy/compiled-policies.ts";
import { type PolicyEngine, startEngine } from "../lambda/policy/engine.ts";
import { compilePolicies, inJson } from "../lib/build/compile-policies.ts";
import { readSettings, type Settings } from "../lib/settings.ts";
import { messageOf, Unusable } from "./unusable.ts";

/** Policies as they would be deployed, and the engine that the functions run. */
export interface LoadedPolicies {
  readonly engine: PolicyEngine;
  readonly compiled: CompiledPolicies;
  readonly settings: Settings;
}

/**
 * Compiles a directory of policies with every check of the build.
 *
 * @param settingsFile cdk.json, or another file with the settings; left out: the cdk.json beside the directory.
 * @throws Unusable with the build's own messages.
 */
export async function loadPolicies(
  directory: string,
  settingsFile = path.join(directory, "..", "cdk.json"),
): Promise<LoadedPolicies> {
  const settings = await settingsIn(settingsFile);
  const module = await cedarModule();
  try {
    cedar.initSync({ module });
    const compiled = inJson(compilePolicies(directory, settings, placeOf(schemas)));
    return { engine: startEngine(module, compiled), compiled, settings };
  } catch (error) {
    throw new Unusable(messageOf(error).split("\n"));
  }
}

async function settingsIn(file: string): Promise<Settings> {
  try {
    const json = JSON.parse(await readFile(file, "utf8"));
    return readSettings(json?.context?.latchkey ?? json);
  } catch (error) {
    throw new Unusable(`${file}: ${messageOf(error)}`.split("\n"));
  }
}

/** Beside the command's bundle; in the repository, where npm puts it. */
const modules = [wasmFile, "../node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm"];
/** For a directory of policies without a schema of its own. */
const schemas = ["schema.cedarschema", "../policies/schema.cedarschema"];

const placeOf = (places: readonly string[]) =>
  places.map((place) => path.join(import.meta.dirname, place)).find((each) => existsSync(each));

async function cedarModule(): Promise<WebAssembly.Module> {
  const file = placeOf(modules);
  if (file === undefined) throw new Unusable([`${wasmFile} is missing beside the command: install the package again`]);
  return WebAssembly.compile(await readFile(file));
}
