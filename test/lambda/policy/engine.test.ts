import type { PolicyJson, SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, test } from "@jest/globals";
import type { PolicyQuestion } from "../../../lambda/policy/engine.ts";
import { compiled, engineWith, schema } from "../../support/policy-engine.ts";

const alice: PolicyQuestion["principal"] = {
  uid: { type: "Latchkey::Person", id: "alice" },
  attrs: {},
  parents: [{ type: "Latchkey::Group", id: "Engineer" }],
};
const web: PolicyQuestion["resource"] = {
  uid: { type: "Latchkey::Instance", id: "i-0123456789abcdef0" },
  attrs: { account: "111122223333", region: "us-east-1" },
  parents: [],
  tags: { env: "dev" },
};
const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
const connect: PolicyQuestion = {
  principal: alice,
  action: "connect",
  resource: web,
  context: { osUser: "ec2-user", connectionType: "direct", hostKeyTrust: 0, time },
};
const access = {
  scope: "instance",
  approvals: 2,
  breakGlass: false,
  reason: "a disk is full",
  expiresAt: 1_767_326_645,
};
const all = "permit (principal, action, resource);";
const tagged = 'permit (principal, action, resource) when { resource.hasTag("env") };';
const denied = { allowed: false, policies: [] };

describe("denied", () => {
  test.each<[sentence: string, policies: Record<string, string>, reasons: string[]]>([
    ["if there is no policy", {}, []],
    ["if no permit matches", { other: 'permit (principal == Latchkey::Person::"bob", action, resource);' }, []],
    ["if a forbid matches beside a permit", { all, never: "forbid (principal, action, resource);" }, ["never"]],
    [
      "by each forbid that matches",
      { all, one: "forbid (principal, action, resource);", two: "forbid (principal, action, resource);" },
      ["one", "two"],
    ],
    [
      "if a forbid errs, though a permit matches: a missing tag",
      { all, unsure: 'forbid (principal, action, resource) when { resource.getTag("absent") == "x" };' },
      [],
    ],
    [
      "if a forbid errs, though a permit matches: a missing attribute",
      { all, unsure: 'forbid (principal, action, resource) when { resource.vpc == "vpc-1" };' },
      [],
    ],
    [
      "if a forbid errs, though a permit matches: a missing field of the context",
      { all, unsure: 'forbid (principal, action, resource) when { context.address == "10.0.0.1" };' },
      [],
    ],
    [
      "if a forbid errs, though a permit matches: too large a number",
      { all, unsure: "forbid (principal, action, resource) when { context.time.epoch * 9007199254740991 > 0 };" },
      [],
    ],
    [
      "if a permit errs, though another matches",
      { all, unsure: 'permit (principal, action, resource) when { resource.vpc == "vpc-1" };' },
      [],
    ],
    [
      "if the only permit errs",
      { unsure: 'permit (principal, action, resource) when { resource.getTag("absent") == "x" };' },
      [],
    ],
  ])("%s", (_, policies, reasons) => {
    const verdict = engineWith(policies).decide(connect);
    expect({ ...verdict, policies: [...verdict.policies].sort() }).toEqual({ allowed: false, policies: reasons });
  });
});

describe("a question that does not fit the schema is denied, even if everything is permitted", () => {
  const { time: _, ...timeless } = connect.context;
  test.each<[sentence: string, question: Partial<PolicyQuestion>]>([
    ["a context without what it must have", { context: timeless }],
    ["a context with a field of another type", { context: { ...connect.context, osUser: 0 } }],
    ["a context with a field too many", { context: { ...connect.context, admin: true } }],
    ["a time that is no number", { context: { ...connect.context, time: { ...time, epoch: Number.NaN } } }],
    ["a context where none is taken", { action: "view" }],
    ["an account that is no text", { resource: { ...web, attrs: { ...web.attrs, account: 1 } } }],
    ["an instance with an attribute too many", { resource: { ...web, attrs: { ...web.attrs, owner: "alice" } } }],
    ["a tag that is no text", { resource: { ...web, tags: { env: 1 } } }],
    ["an instance as principal", { principal: web }],
    ["a person as resource", { resource: alice }],
    ["a kind of principal that there is not", { principal: { ...alice, uid: { type: "Latchkey::Root", id: "a" } } }],
    ["an action that there is not", { action: "destroy" as PolicyQuestion["action"] }],
    ["access without its reason", { context: { ...connect.context, access: { ...access, reason: null } } }],
    [
      "access with a fraction of an approval",
      { context: { ...connect.context, access: { ...access, approvals: 1.5 } } },
    ],
    ["access whose approvals are text", { context: { ...connect.context, access: { ...access, approvals: "2" } } }],
    ["half a surrogate pair in a reason", { context: { ...connect.context, access: { ...access, reason: "\udfff" } } }],
    [
      "a request without its duration",
      { action: "request", context: { scope: "instance", osUser: "root", breakGlass: false, time } },
    ],
    [
      "a delegation without its subject",
      { action: "delegate", context: { scope: "instance", osUser: "root", durationSeconds: 1, time } },
    ],
    ["a review of nothing known", { action: "review", context: {} }],
    ["half a surrogate pair in a tag, which Cedar throws at", { resource: { ...web, tags: { env: "\ud800" } } }],
  ])("%s", (_, question) => {
    expect(engineWith({ all, tagged }).decide({ ...connect, ...question })).toEqual(denied);
  });
});

describe("thousands of questions with half a surrogate pair stop no other decision:", () => {
  test.each<[sentence: string, context: PolicyQuestion["context"]]>([
    ["in a text", { ...connect.context, osUser: "\udfff" }],
    ["in a name", { ...connect.context, "\udfff": "x" }],
  ])("%s", (_, context) => {
    const engine = engineWith({ all });
    for (let count = 0; count < 3000; count += 1) expect(engine.decide({ ...connect, context }).allowed).toBe(false);
    expect(engine.decide(connect).allowed).toBe(true);
  });
});

describe("permitted", () => {
  test.each<[sentence: string, policies: Record<string, string>, reasons: string[]]>([
    ["by the permit that matches, alone", { all, other: `${all.slice(0, -1)} when { false };` }, ["all"]],
    ["by every permit that matches", { all, more: all }, ["all", "more"]],
    [
      "if a policy looks before it reads what may be missing",
      {
        careful: 'permit (principal, action, resource) unless { resource.hasTag("x") && resource.getTag("x") == "y" };',
      },
      ["careful"],
    ],
    [
      "to a group that the principal is in",
      { group: 'permit (principal in Latchkey::Group::"Engineer", action, resource);' },
      ["group"],
    ],
  ])("%s", (_, policies, reasons) => {
    const verdict = engineWith(policies).decide(connect);
    expect({ ...verdict, policies: [...verdict.policies].sort() }).toEqual({ allowed: true, policies: reasons });
  });

  test("each engine decides by its own policies", () => {
    const [permits, refuses] = [engineWith({ all }), engineWith({})];
    expect([permits.decide(connect).allowed, refuses.decide(connect).allowed]).toEqual([true, false]);
    expect(permits.digest).not.toBe(refuses.digest);
  });
});

describe("no engine, so nothing is ever permitted", () => {
  test.each<[sentence: string, policies: Record<string, string>, ownSchema: string, message: RegExp]>([
    ["a policy that does not parse", { all, broken: "permit (principal, action" }, schema, /unexpected end of input/],
    ["two policies in one text", { both: `${all}\n${all}` }, schema, /./],
    ["a schema that does not parse", { all }, "entity Person in", /unexpected end of input|error parsing schema/],
    ["a schema that names what it has not", { all }, "entity Person in [Nobody];", /Nobody/],
    [
      "a bound that is no number",
      { all: `@maxDurationSeconds("1h")\n${all}` },
      schema,
      /^policy all: @maxDurationSeconds must be a whole number/,
    ],
    ["a pattern with a group", { all: `@reasonPattern("(a+)+$")\n${all}` }, schema, /^policy all: @reasonPattern has /],
  ])("%s", (_, policies, ownSchema, message) => {
    expect(() => engineWith(policies, ownSchema)).toThrow(message);
  });
});

describe("an action is decided by the policies that can match it", () => {
  const { Latchkey } = compiled.schema as SchemaJson<string>;
  if (!Latchkey) throw new Error("The schema has one namespace");
  const memberOf = (...names: string[]) => ({ memberOf: names.map((id) => ({ id })) });
  const { connect: connecting, view: viewing, ...others } = Latchkey.actions;
  const grouped: SchemaJson<string> = {
    Latchkey: {
      ...Latchkey,
      actions: {
        ...others,
        view: { ...viewing, ...memberOf("harmless") },
        connect: { ...connecting, ...memberOf("logins") },
        logins: memberOf("dangerous"),
        dangerous: memberOf("any"),
        harmless: memberOf("any"),
        any: {},
      },
    },
  };
  const action = (id: string) => `Latchkey::Action::"${id}"`;

  test.each<[sentence: string, head: string, isMatched: boolean]>([
    ["one that names no action", "action", true],
    ["one of the action", `action == ${action("connect")}`, true],
    ["one of several actions", `action in [${action("view")}, ${action("connect")}]`, true],
    ["one of a group of the action", `action in ${action("logins")}`, true],
    ["one of a group of a group", `action in ${action("dangerous")}`, true],
    [
      "one of several groups, the last a group of a group of a group",
      `action in [${action("harmless")}, ${action("any")}]`,
      true,
    ],
    ["not one of another action", `action == ${action("view")}`, false],
    ["not one of a group without the action", `action in ${action("harmless")}`, false],
    ["not one of no action", "action in []", false],
    ["not one that equals the group", `action == ${action("dangerous")}`, false],
  ])("%s", (_, head, isMatched) => {
    const policy = (effect: string) => `${effect} (principal, ${head}, resource);`;
    const [forbidden, permitted] = [{ all, refuses: policy("forbid") }, { permits: policy("permit") }].map((policies) =>
      engineWith(policies, grouped).decide(connect),
    );
    expect(forbidden).toEqual({ allowed: !isMatched, policies: [isMatched ? "refuses" : "all"] });
    expect(permitted).toEqual({ allowed: isMatched, policies: isMatched ? ["permits"] : [] });
  });

  test("an action whose policies Cedar cannot read is an error, always; others are decided", () => {
    const { json } = {
      json: undefined,
      ...cedar.policyToJson(`forbid (principal, action == ${action("connect")}, resource);`),
    };
    if (!json) throw new Error("The policy is one");
    const broken: PolicyJson = { ...json, conditions: [{ kind: "when", body: { Value: 1e30 } }] };
    const engine = engineWith({ all, broken });
    for (const _ of [1, 2]) expect(() => engine.decide(connect)).toThrow("failed to parse policy with id `broken`");
    expect(engine.decide({ ...connect, action: "view", context: {} })).toEqual({ allowed: true, policies: ["all"] });
  });

  test("the same holds of changed policies", () => {
    const engine = engineWith({ all, never: `forbid (principal, action in ${action("any")}, resource);` }, grouped);
    const permits = engine.derive("permits", ({ never: _, ...policies }) => policies);
    expect([engine.decide(connect).allowed, permits.decide(connect).allowed]).toEqual([false, true]);
  });

  test("an action whose policies are too deep for Cedar leaves it whole, however often it is asked about", () => {
    const { json } = { json: undefined, ...cedar.policyToJson(all) };
    if (!json) throw new Error("The policy is one");
    const deepBody = Array.from({ length: 300 }).reduce<unknown>((arg) => ({ "!": { arg } }), { Value: true });
    const conditions = [{ kind: "when", body: deepBody }] as PolicyJson["conditions"];
    const deep: PolicyJson = {
      ...json,
      action: { op: "==", entity: { type: "Latchkey::Action", id: "connect" } },
      conditions,
    };
    const engine = engineWith({ all, deep });
    for (let count = 0; count < 10_000; count++) expect(() => engine.decide(connect)).toThrow("recursion limit");
    expect(engine.decide({ ...connect, action: "view", context: {} })).toEqual({ allowed: true, policies: ["all"] });
  });
});

describe("bounds", () => {
  const bounded = (text: string) => text.concat(all);
  const engine = engineWith({
    free: all,
    hour: bounded('@maxDurationSeconds("3600") @pendingTimeoutSeconds("600")'),
    day: bounded('@maxDurationSeconds("43200")'),
  });

  test.each<[sentence: string, policies: string[], duration: number, timeout: number]>([
    ["if nothing says: the defaults", ["free"], 86_400, 3600],
    ["if none is known: the defaults", ["none"], 86_400, 3600],
    ["what the one policy says", ["day"], 43_200, 3600],
    ["the smallest of several", ["day", "free", "hour"], 3600, 600],
  ])("%s", (_, policies, maxDurationSeconds, pendingTimeoutSeconds) => {
    const bounds = { maxDurationSeconds, maxTotalSeconds: 2 * maxDurationSeconds, pendingTimeoutSeconds };
    expect(engine.boundsOf(policies)).toEqual(bounds);
  });

  test("in the form that is deployed, as in text", () => {
    const json = cedar.policyToJson(bounded('@maxDurationSeconds("60")'));
    if (json.type === "failure") throw new Error("The policy is one");
    expect(engineWith({ minute: json.json }).boundsOf(["minute"]).maxDurationSeconds).toBe(60);
  });
});

describe("only the tags that policies name reach Cedar", () => {
  // Cedar denies a question with a number as a tag, so each decision shows what reached it.
  const numbers = Object.fromEntries(Array.from({ length: 50 }, (_, tag) => [`tag-${tag}`, tag]));

  test("one that a policy names does", () => {
    const names = 'permit (principal, action, resource) when { resource.hasTag("tag-49") };';
    expect(engineWith({ all, names }).decide({ ...connect, resource: { ...web, tags: numbers } })).toEqual(denied);
  });

  test.each(["view", "readAudit", "manageHostKeys", "connect"] as const)("none of 50 others does, to %s", (action) => {
    const context = action === "connect" ? connect.context : {};
    const question = { ...connect, action, context, resource: { ...web, tags: { ...numbers, env: "dev" } } };
    const verdict = engineWith({ tagged }).decide(question);
    expect(verdict).toEqual({ allowed: true, policies: ["tagged"] });
  });

  test.each([
    "resource.hasTag(resource.region)",
    'resource.hasTag(if true then "a" else "b")',
    'resource.hasTag(resource.region) && resource.getTag(resource.region) == "x"',
  ])("a policy that computes a key is refused at load: %s", (condition) => {
    const computed = `forbid (principal, action, resource) when { ${condition} };`;
    expect(() => engineWith({ all, computed })).toThrow("policy computed: hasTag takes a string literal only");
  });
});
