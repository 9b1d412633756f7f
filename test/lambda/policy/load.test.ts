import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { policyFile, wasmFile } from "../../../lambda/policy/compiled-policies.ts";
import { loadPolicyEngine } from "../../../lambda/policy/load.ts";
import { schema } from "../../support/policy-engine.ts";

const wasm = path.resolve(import.meta.dirname, "../../../node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm");
const policies = { all: "permit (principal, action, resource);" };
const digest = `sha256:${"0".repeat(64)}`;
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each<[sentence: string, lay: () => void]>([
  ["nothing", () => undefined],
  ["no policies", () => copyFileSync(wasm, path.join(directory, wasmFile))],
  ["no Cedar", () => lay({ schema, policies, digest })],
  ["policies that are no JSON", () => layBoth("permit")],
  ["policies without a schema", () => layBoth({ policies, digest })],
  ["policies without a digest", () => layBoth({ schema, policies })],
  ["a policy that does not parse", () => layBoth({ schema, policies: { all: "permit" }, digest })],
])("a bundle with %s has no engine", (_, prepare) => {
  prepare();
  expect(() => loadPolicyEngine(directory)).toThrow();
});

test("a bundle's engine decides by the policies beside the code", () => {
  layBoth({ schema, policies, digest });
  expect(loadPolicyEngine(directory).digest).toBe(digest);
});

test("loading leaves V8's flags as they were, or V8 would reject the compiled code that Node has kept", () => {
  layBoth({ schema, policies, digest });
  const load = path.resolve(import.meta.dirname, "../../../lambda/policy/load.ts");
  // A fresh process: others may have loaded an engine in this one.
  const script = `
    import { cachedDataVersionTag } from "node:v8";
    import { loadPolicyEngine } from ${JSON.stringify(load)};
    const before = cachedDataVersionTag();
    loadPolicyEngine(${JSON.stringify(directory)});
    console.log(cachedDataVersionTag() === before);`;
  const args = ["--input-type=module", "--eval", script];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("true\n");
});

function layBoth(compiled: unknown): void {
  copyFileSync(wasm, path.join(directory, wasmFile));
  lay(compiled);
}

function lay(compiled: unknown): void {
  const text = typeof compiled === "string" ? compiled : JSON.stringify(compiled);
  writeFileSync(path.join(directory, policyFile), text);
}
