import path from "node:path";
import { bundleFunctions } from "../lib/build/bundle.ts";
import { LatchkeyApp } from "../lib/latchkey-app.ts";
import { MainStack } from "../lib/main-stack.ts";
import { readSettings } from "../lib/settings.ts";

/** The CDK app: `npm run synth`, `npx cdk deploy`. */
const bundles = path.resolve(import.meta.dirname, "../build/functions");
const app = new LatchkeyApp();
const settings = readSettings(app.node.tryGetContext("latchkey"));
// Words without quotes, as in docs/deploying.md.
const node = process.env["LATCHKEY_RUNTIME_NODE"]?.split(" ");
await bundleFunctions(bundles, settings, node);
const { hub } = { ...settings.targets };
new MainStack(app, "Latchkey", { settings, bundles, ...(hub && { env: hub }) });
