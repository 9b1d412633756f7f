import path from "node:path";
import { App } from "aws-cdk-lib";
import { bundleFunctions } from "../lib/bundle.ts";
import { LatchkeyStack } from "../lib/latchkey-stack.ts";
import { readSettings } from "../lib/settings.ts";

/** The CDK app: `npm run synth`, `npx cdk deploy`. */
const bundles = path.resolve(import.meta.dirname, "../build/functions");
await bundleFunctions(bundles);

const app = new App();
const settings = readSettings(app.node.tryGetContext("latchkey"));
new LatchkeyStack(app, "Latchkey", { settings, bundles });
