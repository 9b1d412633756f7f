import { createRequire } from "node:module";
import { App, type AppProps, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

// With `require`, since jest's transform drops the `with { type: "json" }` that an import needs.
const recommendedFlags: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(
  "aws-cdk-lib/recommended-feature-flags.json",
);

/**
 * A CDK app with every feature flag as CDK recommends it (cdk.json's context may say otherwise), which is not synthesized
 * while cdk-nag has a finding that nobody has answered with a reason.
 *
 * The flags come from aws-cdk-lib itself. A new version of it may so change the template: the snapshot shows how.
 */
export class LatchkeyApp extends App {
  constructor({ context, ...props }: AppProps = {}) {
    super({ ...props, context: { ...recommendedFlags, ...context } });
    Validations.of(this).addPlugins(new AwsSolutionsChecks(this));
  }
}
