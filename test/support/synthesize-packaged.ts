import { cpSync, existsSync, globSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { App, NestedStack, Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { bytecodeFile } from "../../lambda/loader/bytecode.ts";
import { LatchkeyApp } from "../../lib/latchkey-app.ts";
import { MainStack } from "../../lib/main-stack.ts";
import { settings } from "../../local/shared/account.ts";

const [packageDirectory = "", bundles = "", policies = ""] = process.argv.slice(2);
const { Latchkey }: typeof import("../../cdk/index.ts") = createRequire(import.meta.url)(
  path.join(packageDirectory, "build/cdk/index.cjs"),
);
const outdir = mkdtempSync(path.join(tmpdir(), "latchkey-"));
const props = { settings, policies };

// `node synthesize-packaged.ts PACKAGE BUNDLES POLICIES` prints, as JSON, the template of a clone's stack with these bundles but
// without their bytecode, that of the package's construct, what is in the cloud assembly, and what the construct refuses.
try {
  const bytecode = {
    in: bytecodeIn("without", {}),
    inWithNode: bytecodeIn("with", { runtimeNode: [process.execPath] }),
  };
  process.stdout.write(JSON.stringify({ ofClone: ofClone(), ...ofPackage(), bytecode, refused: refused() }));
} finally {
  rmSync(outdir, { recursive: true });
}

function ofClone() {
  const copies = path.join(outdir, "bundles");
  cpSync(bundles, copies, { recursive: true, filter: (file) => path.basename(file) !== bytecodeFile });
  const app = new LatchkeyApp({ outdir: path.join(outdir, "clone") });
  new MainStack(app, "Latchkey", { settings, bundles: copies });
  return app.synth().getStackByName("Latchkey").template;
}

/** In an app with one feature flag, which CDK reads for the whole stack: it says in which order policies list actions. */
function ofPackage() {
  const context = { "@aws-cdk/aws-iam:minimizePolicies": true };
  const app = new App({ outdir: path.join(outdir, "package"), context });
  const { functions, table, bus } = new Latchkey(new Stack(app, "Latchkey"), "Default", props);
  const { template, assets } = app.synth().getStackByName("Latchkey");
  const left = readdirSync(app.outdir).filter((name) => name.startsWith("latchkey-"));
  const missing = assets.filter((asset) => "path" in asset && !existsSync(path.join(app.outdir, String(asset.path))));
  return { ofPackage: template, left, missing, functions: Object.keys(functions), made: [table, bus].map(nameOf) };
}

function nameOf({ node }: IConstruct): string {
  return node.path;
}

/** How many functions have bytecode. */
function bytecodeIn(name: string, more: object): number {
  new Latchkey(stackIn(name), "Latchkey", { ...props, ...more });
  return globSync(`*/${bytecodeFile}`, { cwd: path.join(outdir, name) }).length;
}

function stackIn(name: string): Stack {
  return new Stack(new App({ outdir: path.join(outdir, name) }), "Own");
}

function refused() {
  const twice = stackIn("twice");
  new Latchkey(twice, "First", props);
  const errorIn = (name: string, more: object) =>
    errorOf(() => new Latchkey(stackIn(name), "Latchkey", { ...props, ...more }));
  return {
    twice: errorOf(() => new Latchkey(twice, "Second", props)),
    nested: errorOf(() => new Latchkey(new NestedStack(stackIn("parent"), "Nested"), "Latchkey", props)),
    settings: errorIn("settings", { settings: { timeZone: "Mars" } }),
    groups: errorIn("groups", { settings: {} }),
    policies: errorIn("policies", { policies: "nowhere" }),
    runtime: errorIn("runtime", { runtimeNode: ["/nowhere/node"] }),
  };
}

/** What this throws, or nothing. */
function errorOf(attempt: () => unknown): string {
  try {
    attempt();
    return "";
  } catch (error) {
    return String(error);
  }
}
