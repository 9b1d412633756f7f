import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { checkRules, lean } from "../../../lib/build/lean-modules.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What becomes of a module of an SDK's client. */
async function bundled(file: string, source: string): Promise<string> {
  const entry = path.join(directory, "@aws-sdk/client-moon/dist-es", file);
  mkdirSync(path.dirname(entry), { recursive: true });
  writeFileSync(entry, source);
  const { outputFiles } = await build({ entryPoints: [entry], plugins: [lean], write: false, logLevel: "silent" });
  return outputFiles.map(({ text }) => text).join("");
}

const serde = "this.middlewareStack.use(getSchemaSerdePlugin(this.config));";
const retry = "this.middlewareStack.use(getRetryPlugin(this.config, {\n  a: 1,\n}));";

describe("a build fails, rather than to deploy a client that is half its own, where an upgrade of the SDK", () => {
  test.each([
    ["writes schemas in another way", "schemas/schemas_0.js", "export const Moon$ = [3, n0];", "Nothing in it matches"],
    ["builds commands in another way", "commandBuilder.js", "make(getEndpointPlugin, 1);", "Nothing in it matches"],
    ["has no middleware", "MoonClient.js", "this.config = 1;", "Nothing in it matches"],
    ["adds middleware in another way", "MoonClient.js", `${serde}\n${retry}\nmiddlewareStack.add(1);`, "is left"],
    ["no longer gives the protocol its settings", "MoonClient.js", retry, "is left"],
  ])("%s", async (_, file, source, complaint) => {
    await expect(bundled(file, source)).rejects.toThrow(complaint);
  });

  test("moves a module", () => {
    const inputs = { "contract/caller.ts": { bytes: 1, imports: [] } };
    expect(() => checkRules({ inputs })).toThrow("No bundled module matches /@aws-sdk");
  });
});

test.each([
  ["a client keeps the protocol's settings alone", "MoonClient.js", `${serde}\n${retry}`, serde],
  [
    "a schema can be left out",
    "schemas/schemas_0.js",
    "export var Moon$ = [3, n0];",
    "/* @__PURE__ */ (() => [3, n0])()",
  ],
])("%s", async (_, file, source, expected) => {
  const text = await bundled(file, source);
  expect(text).toContain(expected);
  expect(text).not.toContain("getRetryPlugin");
});
