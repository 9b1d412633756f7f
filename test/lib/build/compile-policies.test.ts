import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { compiledPolicies } from "../../../lambda/policy/compiled-policies.ts";
import { compilePolicies, inJson } from "../../../lib/build/compile-policies.ts";
import { settings } from "../../../local/shared/account.ts";
import { schema } from "../../support/policy-engine.ts";

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
  return compilePolicies(directory, settings);
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
    [
      "a name that no request can have",
      { "a.cedar": named("x", 'resource == Latchkey::Instance::"i-0123456789abcdef0"') },
      'policy x: no instance can have the id "i-0123456789abcdef0"',
    ],
    ["a policy that can never apply", { "a.cedar": named("x", "false") }, "policy x: "],
    ["a schema that does not parse", { "schema.cedarschema": "entity Person in" }, "schema.cedarschema: "],
    ["a schema with a name that is not in it", { "schema.cedarschema": "entity Person in [Nobody];" }, "Nobody"],
  ])("%s", (_, files, message) => {
    expect(() => compile(files)).toThrow(message);
  });

  test("a directory without a schema", () => {
    expect(() => compilePolicies(directory, settings)).toThrow("schema.cedarschema");
  });
});

/** A policy with these annotations. */
const annotated = (annotations: string, action = '== Latchkey::Action::"request"', effect = "permit") =>
  `@id("x")\n${annotations}\n${effect} (principal, action ${action}, resource);`;
const notANumber = (name: string, least: number, most: number) =>
  `policy x: @${name} must be a whole number of seconds from ${least} to ${most}, in digits`;
const [duration, timeout] = [
  notANumber("maxDurationSeconds", 1, 86_400),
  notANumber("pendingTimeoutSeconds", 60, 604_800),
];
const notThere = "policy x: @maxDurationSeconds stands only on a permit whose action is request or delegate";
const action = (...names: string[]) => `in [${names.map((name) => `Latchkey::Action::"${name}"`).join(", ")}]`;

describe("annotations that are refused, each by policy and annotation", () => {
  test.each<[sentence: string, policy: string, message: string]>([
    ["one that nothing reads", annotated('@owner("sre")'), "policy x: @owner is not known here: there are @id, @desc"],
    ["a typo in a bound", annotated('@maxDurationSecond("1")'), "policy x: @maxDurationSecond is not known here"],
    [
      "a bound in other letters",
      annotated('@maxdurationseconds("1")'),
      "policy x: @maxdurationseconds is not known here",
    ],
    ["a bound without a value", annotated("@maxDurationSeconds"), duration],
    ["an empty bound", annotated('@maxDurationSeconds("")'), duration],
    ["a bound in hours", annotated('@maxDurationSeconds("1h")'), duration],
    ["a fraction", annotated('@maxDurationSeconds("1.5")'), duration],
    ["a power of ten", annotated('@maxDurationSeconds("1e3")'), duration],
    ["a number with a sign", annotated('@maxDurationSeconds("+60")'), duration],
    ["a negative number", annotated('@maxDurationSeconds("-60")'), duration],
    ["a number with spaces", annotated('@maxDurationSeconds(" 60")'), duration],
    ["a number with a zero in front", annotated('@maxDurationSeconds("060")'), duration],
    ["a hexadecimal number", annotated('@maxDurationSeconds("0x10")'), duration],
    ["digits of another script", annotated('@maxDurationSeconds("６０")'), duration],
    ["a number past all numbers", annotated(`@maxDurationSeconds("${"9".repeat(400)}")`), duration],
    ["no access at all", annotated('@maxDurationSeconds("0")'), duration],
    ["access past the contract's longest", annotated('@maxDurationSeconds("86401")'), duration],
    ["a time-out of less than a minute", annotated('@pendingTimeoutSeconds("59")'), timeout],
    ["a time-out of more than a week", annotated('@pendingTimeoutSeconds("604801")'), timeout],
    ["a bound on a forbid", annotated('@maxDurationSeconds("60")', undefined, "forbid"), notThere],
    ["a bound on every action", annotated('@maxDurationSeconds("60")', ""), notThere],
    ["a bound on connect", annotated('@maxDurationSeconds("60")', action("connect")), notThere],
    [
      "a bound on an action beside request",
      annotated('@maxDurationSeconds("60")', action("request", "view")),
      notThere,
    ],
    [
      "a time-out on review",
      annotated('@pendingTimeoutSeconds("60")', '== Latchkey::Action::"review"'),
      "policy x: @pendingTimeoutSeconds stands only on",
    ],
    [
      "a reason longer than any",
      annotated('@minReasonLength("501")'),
      "policy x: @minReasonLength must be a whole number",
    ],
    ["a pattern with a group", annotated('@reasonPattern("(INC)")'), "policy x: @reasonPattern has something other"],
    [
      "a pattern of every reason",
      annotated('@reasonPattern("INC-1|")'),
      "policy x: @reasonPattern is found in every reason",
    ],
    [
      "a pattern on connect",
      annotated('@reasonPattern("a")', action("connect")),
      "policy x: @reasonPattern stands only on",
    ],
    ["the second complaint beside the first", annotated('@owner("sre")\n@maxDurationSeconds("0")'), duration],
  ])("%s", (_, policy, message) => {
    expect(() => compile({ "a.cedar": policy })).toThrow(message);
  });

  test("Cedar's own complaints come first", () => {
    const policy = '@id("x")\n@owner("sre")\npermit (principal, action, resource) when { resource.acount == "1" };';
    expect(() => compile({ "a.cedar": policy })).toThrow("(did you mean `account`?)");
  });
});

describe("accepted annotations", () => {
  test.each<[sentence: string, policy: string]>([
    ["none but the id", annotated("")],
    ["a description, on any policy", annotated('@description("why")', "", "forbid")],
    ["the least", annotated('@maxDurationSeconds("1")\n@pendingTimeoutSeconds("60")')],
    ["the most", annotated('@maxDurationSeconds("86400")\n@pendingTimeoutSeconds("604800")')],
    ["rules for the reason", annotated('@minReasonLength("500")\n@reasonPattern("^INC-\\\\d{3,}")')],
    ["a bound on delegate", annotated('@maxDurationSeconds("60")', '== Latchkey::Action::"delegate"')],
    ["a bound on request and delegate", annotated('@maxDurationSeconds("60")', action("request", "delegate"))],
    ["a bound on a list of one", annotated('@maxDurationSeconds("60")', action("request"))],
    ["a bound on an action by `in`", annotated('@maxDurationSeconds("60")', 'in Latchkey::Action::"request"')],
  ])("%s", (_, policy) => {
    expect(Object.keys(compile({ "a.cedar": policy }).policies)).toEqual(["x"]);
  });

  test("they are in what is deployed", () => {
    const texts = compile({ "a.cedar": annotated('@maxDurationSeconds("60")') });
    expect(inJson(texts).policies["x"]).toMatchObject({ annotations: { id: "x", maxDurationSeconds: "60" } });
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

  test.each([
    ["of 4 MB", " ".repeat(4_000_000)],
    ["that stay large when they are compressed", randomBytes(400_000).toString("hex")],
  ])("policies %s are refused, since they could not be kept", (_, comment) => {
    expect(() => compile({ "schema.cedarschema": `${schema}\n//${comment}` })).toThrow("Latchkey keeps at most");
  });

  test("the domain of people's names is deployed, and is part of the digest", () => {
    writeFileSync(path.join(directory, "schema.cedarschema"), schema);
    const compiledFor = (nameDomain: string | undefined) =>
      compilePolicies(directory, { ...settings, identities: { ...settings.identities, nameDomain } });
    const compiled = compiledFor("example.com");
    expect(inJson(compiled)).toMatchObject({ nameDomain: "example.com" });
    for (const other of [undefined, "example.org"]) expect(compiled.digest).not.toBe(compiledFor(other).digest);
  });
});

describe("in JSON, as it is deployed", () => {
  const texts = compilePolicies(fileURLToPath(new URL("../../../policies", import.meta.url)), settings);
  const compiled = inJson(texts);

  test("every policy is there under its id, with the digest of what was written", () => {
    expect(Object.keys(compiled.policies)).toEqual(Object.keys(texts.policies));
    expect(compiled.digest).toBe(texts.digest);
  });

  test("a number that JSON cannot hold is refused: functions could not read its policy", () => {
    const large = "permit (principal, action, resource) when { context.time.epoch < 9223372036854775807 };";
    expect(() => inJson({ ...texts, policies: { large } })).toThrow(/^policies: .*`large`/);
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
