import { createRequire } from "node:module";
import { App, type AppProps, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

// `require`, because jest's transform drops the `with { type: "json" }` that an import needs.
const recommendedFlags: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(
  "aws-cdk-lib/recommended-feature-flags.json",
);

/**
 * A CDK app with all recommended feature flags (cdk.json's context may override them). Synthesis fails while cdk-nag
 * has a finding without an acknowledged reason.
 *
 * The flags come from aws-cdk-lib, so a new version may change the template; the snapshot shows how.
 */
export class LatchkeyApp extends App {
  constructor({ context, ...props }: AppProps = {}) {
    super({ ...props, context: { ...recommendedFlags, ...context } });
    Validations.of(this).addPlugins(new AwsSolutionsChecks(this));
  }
}
