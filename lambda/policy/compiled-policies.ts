import type { Policy, Schema } from "@cedar-policy/cedar-wasm/web";
import * as z from "zod";

/**
 * The compiled `policies/`: the schema, every policy by id, and a digest of them. They are deployed in Cedar's JSON
 * form, because parsing text would add Cedar's parser to every cold start.
 */
export const compiledPolicies = z.object({
  schema: z.custom<Schema>((value) => value !== undefined),
  policies: z.record(z.string(), z.custom<Policy>()),
  /** The domain of the people whose names policies see, from the setting `identities.nameDomain`. */
  nameDomain: z.string().optional(),
  /** The names of the setting `integrations`, whose approvals policies may take. */
  integrations: z.array(z.string()).default([]),
  /** `sha256:…`, 64 hex digits. */
  digest: z.string(),
});

export type CompiledPolicies = z.infer<typeof compiledPolicies>;

/** The files that the build adds to the bundle of a function that evaluates policy. */
export const policyFile = "policies.json";
export const wasmFile = "cedar.wasm";
