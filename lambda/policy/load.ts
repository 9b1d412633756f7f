import { readFile } from "node:fs/promises";
import path from "node:path";
import { mayView } from "./authorize.ts";
import { compiledPolicies, policyFile, wasmFile } from "./compiled-policies.ts";
import { type PolicyEngine, startEngine } from "./engine.ts";

/**
 * Loads the engine with the deployed policies from the directory of the function's bundle.
 *
 * Call it as the function loads and await it in the first request: the module compiles off the main thread. The first
 * evaluation takes tens of milliseconds more than later ones, so it happens here.
 */
export async function loadPolicyEngine(directory: string): Promise<PolicyEngine> {
  const [wasm, text] = await Promise.all([
    readFile(path.join(directory, wasmFile)).then((bytes) => WebAssembly.compile(bytes)),
    readFile(path.join(directory, policyFile), "utf8"),
  ]);
  const engine = startEngine(wasm, compiledPolicies.parse(JSON.parse(text)));
  mayView(engine, { id: "warm-up", kind: "machine", groups: [], frontDoor: "iam", sources: [] }, undefined);
  return engine;
}
