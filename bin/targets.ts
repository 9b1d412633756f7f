import { LatchkeyApp } from "../lib/latchkey-app.ts";
import { readSettings } from "../lib/settings.ts";
import { addTargetStacks } from "../lib/target-stacks.ts";

/**
 * The CDK app of the target stacks, one for each account and unit of the settings:
 * `npx cdk synth --app "node bin/targets.ts"`.
 */
const app = new LatchkeyApp();
addTargetStacks(app, readSettings(app.node.tryGetContext("latchkey")), "Latchkey");
