import { readFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { compiledPolicies, policyFile, wasmFile } from "./compiled-policies.ts";
import { type Decider, type PolicyEngine, startEngine } from "./engine.ts";
import { rehearse } from "./rehearse.ts";

/**
 * Loads the engine with the deployed policies from the directory of the function's bundle.
 *
 * Call it as the function loads, which Lambda gives a whole CPU. The first evaluation takes tens of milliseconds more than later
 * ones, so it happens here.
 *
 * @param rehearsal decides as requests will. What it does not ask about is parsed in the first request that does.
 * @throws Error if a file is missing, or if Cedar refuses policies or schema: the function does not start.
 */
export function loadPolicyEngine(directory: string, rehearsal: (engine: Decider) => void = rehearse): PolicyEngine {
  const wasm = compileForFewCalls(readFileSync(path.join(directory, wasmFile)));
  const text = readFileSync(path.join(directory, policyFile), "utf8");
  const engine = startEngine(wasm, compiledPolicies.parse(JSON.parse(text)));
  rehearsal(engine);
  return engine;
}

/**
 * Compiles a module each of whose functions is validated once it is called, and optimized once it has run for long. V8 would
 * optimize much of Cedar in every cold start, in threads that share Lambda's fraction of a core with the request.
 *
 * The module keeps these settings. V8 gets its own back, because it rejects compiled code that was kept under others, as Node's
 * own modules are.
 */
function compileForFewCalls(bytes: Uint8Array): WebAssembly.Module {
  setFlagsFromString("--wasm-lazy-validation");
  setFlagsFromString("--wasm-tiering-budget=180000000");
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    setFlagsFromString("--no-wasm-lazy-validation");
    setFlagsFromString("--wasm-tiering-budget=13000000");
  }
}
