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
const bundled = (file: string, source: string) => bundledAt(`@aws-sdk/client-moon/dist-es/${file}`, source);

async function bundledAt(file: string, source: string): Promise<string> {
  const entry = path.join(directory, file);
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

const method = (name: string, parameters: string, body: string) =>
  `    ${name}(${parameters}) {\n        return ${body};\n    },\n`;

test("zod's schemas keep the methods that the API's have a use for", async () => {
  const methods = [
    method("min", "...args", "this.check(checks.minLength(...args))"),
    method("email", "params", "this.check(core._email(ZodEmail, params))"),
    method("safeParse", "data, params", "parse.safeParse(this, data, params)"),
    method("async safeDecodeAsync", "data, params", "parse.safeDecodeAsync(this, data, params)"),
    method("parse: function _parse", "data, params", "parse.parse(this, data, params, { callee: _parse })"),
    method("encode: function _encode", "data, params", "parse.encode(this, data, params, { callee: _encode })"),
  ];
  const text = await bundledAt("zod/v4/classic/schemas.js", `export const methods = {\n${methods.join("")}};`);
  expect([...text.matchAll(/(\w+)\((?:\.\.\.args|data, params|params)\) \{/g)].map(([, name]) => name)).toEqual([
    "min",
    "safeParse",
    "_parse",
  ]);
});
