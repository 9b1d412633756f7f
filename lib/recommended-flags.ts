import { createRequire } from "node:module";

/**
 * All feature flags that CDK recommends, as aws-cdk-lib has them: a new version may change templates.
 *
 * By `require`, because jest's transform drops the `with { type: "json" }` that an import needs.
 */
export const recommendedFlags: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(
  "aws-cdk-lib/recommended-feature-flags.json",
);
