import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CompiledPolicies } from "../../lambda/policy/compiled-policies.ts";
import { type PolicyEngine, startEngine } from "../../lambda/policy/engine.ts";

const root = path.resolve(import.meta.dirname, "../..");
const wasm = await readFile(path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm"))
  // The same module as in the bundle of a function.
  .then((bytes) => WebAssembly.compile(bytes));

/** Latchkey's schema. */
export const schema = await readFile(path.join(root, "policies/schema.cedarschema"), "utf8");

let engines = 0;

/**
 * An engine with these policies, by id, for people of example.com. Their digest is some text of its own.
 *
 * @param integrations the names of those that may review.
 */
export function engineWith(
  policies: CompiledPolicies["policies"],
  ownSchema: CompiledPolicies["schema"] = schema,
  integrations: string[] = [],
): PolicyEngine {
  engines += 1;
  return startEngine(wasm, {
    schema: ownSchema,
    policies,
    nameDomain: "example.com",
    integrations,
    digest: `sha256:test-${engines}`,
  });
}
