import type { Policy, Schema } from "@cedar-policy/cedar-wasm/web";
import * as z from "zod";

/**
 * What the build makes of `policies/`: the schema, every policy by id, and a digest of their text. Deployed in Cedar's JSON
 * form: to read text, Cedar's parser would be compiled in every cold start.
 */
export const compiledPolicies = z.object({
  schema: z.custom<Schema>((value) => value !== undefined),
  policies: z.record(z.string(), z.custom<Policy>()),
  /** `sha256:…`, 64 hex digits. */
  digest: z.string(),
});

export type CompiledPolicies = z.infer<typeof compiledPolicies>;

/** Names of the files that the build lays beside a bundle which decides. */
export const policyFile = "policies.json";
export const wasmFile = "cedar.wasm";
