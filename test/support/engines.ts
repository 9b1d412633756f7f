import { readFileSync } from "node:fs";
import path from "node:path";
import type { CompiledPolicies } from "../../lambda/policy/compiled-policies.ts";
import { type PolicyEngine, startEngine } from "../../lambda/policy/engine.ts";
import { compilePolicies, inJson } from "../../lib/build/compile-policies.ts";
import { settings } from "../../local/shared/account.ts";

const root = path.resolve(import.meta.dirname, "../..");
// The same module as in the bundle of a function.
const wasm = new WebAssembly.Module(
  readFileSync(path.join(root, "node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm")),
);

/** Latchkey's schema. */
export const schema = readFileSync(path.join(root, "policies/schema.cedarschema"), "utf8");

export const compiled = inJson(compilePolicies(path.join(root, "policies"), settings));

let engines = 0;

/**
 * An engine with these policies, by id, for people of example.com. Their digest is some text of its own.
 *
 * @param integrations the names of those that may review.
 */
export function engineWith(
  policies: CompiledPolicies["policies"],
  ownSchema: CompiledPolicies["schema"] = compiled.schema,
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

/** The sample policies in the form that is deployed. */
export const samplePolicies = engineWith(compiled.policies);
