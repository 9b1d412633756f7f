import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { applicableReviews, possibleReviews, supposingResource } from "../../../lambda/policy/suppose.ts";
import { compilePolicies, inJson } from "../../../lib/build/compile-policies.ts";
import { settings } from "../../../local/shared/account.ts";
import { loadOnce } from "../../support/load-once.ts";
import { engineWith, schema } from "../../support/policy-engine.ts";

// It asks the Cedar that an engine has started.
const { conditionsOf } = loadOnce(
  "../../policy-tools/conditions.ts",
) as typeof import("../../../policy-tools/conditions.ts");

const entity = (type: string) => ({ uid: { type, id: "x" }, attrs: {}, parents: [] });
const question = {
  principal: entity("Latchkey::Person"),
  action: "connect",
  resource: entity("Latchkey::Instance"),
  context: {},
} as const;

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function compile(action: string, condition: string) {
  writeFileSync(path.join(directory, "schema.cedarschema"), schema);
  const head = `@id("x") permit (principal, action == Latchkey::Action::"${action}", resource)`;
  writeFileSync(path.join(directory, "a.cedar"), `${head} when { ${condition} };`);
  return compilePolicies(directory, settings);
}

const each = (count: number, term: (index: number) => string, joint: string) =>
  Array.from({ length: count }, (_, index) => term(index)).join(joint);
const user = (index: number) => `context.osUser == "u${index}"`;
const eitherOf = (count: number) => each(count, user, " || ");
const allOf = (count: number) => each(count, (index) => `context.osUser != "u${index}"`, " && ");
const choices = (count: number) => `${each(count, (index) => `if ${user(index)} then true else `, "")}false`;
const hours = (count: number) =>
  `${each(count, (index) => `if context.time.hour == ${index} then true else `, "")}false`;
const tags = (count: number) =>
  `${each(count, (index) => `if resource.hasTag("tag-${index}") then true else `, "")}false`;

describe.each<
  [sentence: string, action: "connect" | "review" | "view", chain: (count: number) => string, most: number]
>([
  ["a chain of ||", "connect", eitherOf, 59],
  ["a chain of &&", "connect", allOf, 59],
  ["a chain of if", "connect", choices, 58],
  ["a chain of if about the time", "connect", hours, 57],
  ["a chain of if about the time of a review, which the search for reviewers changes", "review", hours, 29],
  ["a chain of if about the instance that somebody views, which lists change", "view", tags, 29],
])("%s", (_, action, chain, most) => {
  const forms = [
    [applicableReviews, "review"],
    [possibleReviews, "review"],
    [supposingResource, "view"],
  ] as const;
  test(`of ${most} is read by the functions, in every form, and by latchkey policy explain`, () => {
    const { policies } = inJson(compile(action, chain(most)));
    const engine = engineWith(policies);
    engine.decide({ ...question, action });
    for (const [form, asked] of forms) engine.derive(form.name, form).decide({ ...question, action: asked });
    for (const policy of Object.values(policies)) expect(conditionsOf(policy, question)).not.toEqual([]);
  });
  test(`of ${most + 1} is refused, by the id of its policy, with what to write instead`, () => {
    expect(() => compile(action, chain(most + 1))).toThrow(/^policy x: .* use a set, as in /);
  });
});
