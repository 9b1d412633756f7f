import * as z from "zod";

/** What the build makes of `policies/`: the schema's text, every policy's text by id, and a digest of both. */
export const compiledPolicies = z.object({
  schema: z.string(),
  policies: z.record(z.string(), z.string()),
  /** `sha256:…`, 64 hex digits. */
  digest: z.string(),
});

export type CompiledPolicies = z.infer<typeof compiledPolicies>;

/** Names of the files that the build lays beside a bundle which decides. */
export const policyFile = "policies.json";
export const wasmFile = "cedar.wasm";
