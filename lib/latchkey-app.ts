import { App, type AppProps, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { recommendedFlags } from "./recommended-flags.ts";

/**
 * A CDK app with all recommended feature flags (cdk.json's context may override them). Synthesis fails while cdk-nag
 * has a finding without an acknowledged reason.
 */
export class LatchkeyApp extends App {
  constructor({ context, ...props }: AppProps = {}) {
    super({ ...props, context: { ...recommendedFlags, ...context } });
    Validations.of(this).addPlugins(new AwsSolutionsChecks(this));
  }
}
