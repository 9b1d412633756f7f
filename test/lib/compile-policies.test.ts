import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { compiledPolicies } from "../../lambda/policy/compiled-policies.ts";
import { compilePolicies, inJson } from "../../lib/compile-policies.ts";
import { schema } from "../support/policy-engine.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Compiles a directory with these files, beside Latchkey's own schema. */
function compile(files: Record<string, string>) {
  for (const [name, text] of Object.entries({ "schema.cedarschema": schema, ...files })) {
    writeFileSync(path.join(directory, name), text);
  }
  return compilePolicies(directory);
}
const all = 'permit (principal, action == Latchkey::Action::"connect", resource)';
const named = (id: string, condition = "true") => `@id("${id}")\n${all}\nwhen { ${condition} };\n`;

describe("refused, in Cedar's own words where they are Cedar's", () => {
  test.each<[sentence: string, files: Record<string, string>, message: string]>([
    [
      "a policy without @id",
      { "a.cedar": `${all};` },
      'a.cedar: every policy needs an @id("…"), and this one has none',
    ],
    ["a policy whose @id is empty", { "a.cedar": named("") }, 'a.cedar: every policy needs an @id("…")'],
    ["an @id that is no name", { "a.cedar": named("__proto__") }, 'a.cedar: @id("__proto__") must be'],
    ["an @id with spaces", { "a.cedar": named("dev view") }, 'a.cedar: @id("dev view") must be'],
    ["one @id twice in a file", { "a.cedar": named("x") + named("x") }, 'a.cedar: a second policy has @id("x")'],
    ["one @id in two files", { "a.cedar": named("x"), "b.cedar": named("x") }, 'b.cedar: a second policy has @id("x")'],
    [
      "a template",
      { "a.cedar": '@id("x")\npermit (principal == ?principal, action, resource);' },
      "a.cedar: policy templates are not used here",
    ],
    ["a syntax error", { "a.cedar": '@id("x")\npermit (principal, action' }, "a.cedar: unexpected end of input"],
    [
      "a typo in an attribute",
      { "a.cedar": named("x", 'resource.acount == "111122223333"') },
      "policy x: for policy `x`, attribute `acount` on entity type `Latchkey::Instance` not found (did you mean `account`?)",
    ],
    [
      "a typo in the context",
      { "a.cedar": named("x", 'context.osUsr == "root"') },
      'policy x: for policy `x`, attribute `osUsr` in context for Latchkey::Action::"connect" not found (did you mean `osUser`?)',
    ],
    ["a typo in an action", { "a.cedar": named("x").replace('"connect"', '"conect"') }, "conect"],
    ["a kind of entity that there is not", { "a.cedar": named("x", "principal is Latchkey::Persn") }, "Persn"],
    [
      "a comparison of different types",
      { "a.cedar": named("x", 'context.time.hour == "9"') },
      "policy x: the types Long and String",
    ],
    ["an optional attribute that is not looked for first", { "a.cedar": named("x", 'resource.vpc == "v"') }, "vpc"],
    ["a tag that is not looked for first", { "a.cedar": named("x", 'resource.getTag("env") == "dev"') }, "env"],
    ["a policy that can never apply", { "a.cedar": named("x", "false") }, "policy x: "],
    ["a schema that does not parse", { "schema.cedarschema": "entity Person in" }, "schema.cedarschema: "],
    ["a schema with a name that is not in it", { "schema.cedarschema": "entity Person in [Nobody];" }, "Nobody"],
  ])("%s", (_, files, message) => {
    expect(() => compile(files)).toThrow(message);
  });

  test("a directory without a schema", () => {
    expect(() => compilePolicies(directory)).toThrow("schema.cedarschema");
  });
});

describe("compiled", () => {
  test("no policies at all: nothing is permitted", () => {
    expect(compile({}).policies).toEqual({});
  });

  test("every policy of every .cedar file, by its @id, and of no other", () => {
    const files = { "b.cedar": named("two") + named("three"), "a.cedar": named("one"), "notes.md": named("none") };
    expect(Object.keys(compile(files).policies)).toEqual(["one", "two", "three"]);
  });

  test("the schema as it is, and the text of each policy", () => {
    const compiled = compile({ "a.cedar": named("one") });
    expect(compiled.schema).toBe(schema);
    expect(compiled.policies["one"]).toContain('@id("one")');
  });

  test("the digest is the same for the same, and another for another policy or schema", () => {
    const digest = compile({ "a.cedar": named("one") }).digest;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(compile({ "a.cedar": named("one") }).digest).toBe(digest);
    expect(compile({ "a.cedar": named("one", "1 == 1") }).digest).not.toBe(digest);
    expect(compile({ "schema.cedarschema": `${schema}\n` }).digest).not.toBe(digest);
  });
});

describe("in JSON, as it is deployed", () => {
  const texts = compilePolicies(fileURLToPath(new URL("../../policies", import.meta.url)));
  const compiled = inJson(texts);

  test("every policy is there under its id, with the digest of what was written", () => {
    expect(Object.keys(compiled.policies)).toEqual(Object.keys(texts.policies));
    expect(compiled.digest).toBe(texts.digest);
  });

  test("it survives being written and read", () => {
    expect(compiledPolicies.parse(JSON.parse(JSON.stringify(compiled)))).toEqual(compiled);
  });

  test.each(Object.keys(texts.policies))("%s says what was written", (id) => {
    const back = cedar.policyToText(compiled.policies[id] ?? "");
    const again = cedar.policyToJson(back.type === "success" ? back.text : "");
    expect(again).toMatchObject({ type: "success", json: compiled.policies[id] });
  });
});
