import { readFile } from "node:fs/promises";
import path from "node:path";
import { mayView } from "./authorize.ts";
import { compiledPolicies, policyFile, wasmFile } from "./compiled-policies.ts";
import { type PolicyEngine, startEngine } from "./engine.ts";

/**
 * The engine with the policies that were deployed, from the directory of the function's bundle.
 *
 * Called as the function loads, awaited by its first request: the module is compiled off the main thread meanwhile.
 * The first decision takes tens of milliseconds more than any later one, so it is made here.
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
