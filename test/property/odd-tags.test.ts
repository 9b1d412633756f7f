import path from "node:path";
import { isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import type { Caller } from "../../contract/caller.ts";
import { mayConnect, mayView } from "../../lambda/policy/authorize.ts";
import type { PolicyQuestion } from "../../lambda/policy/engine.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { compilePolicies } from "../../lib/build/compile-policies.ts";
import { settings } from "../../local/shared/account.ts";
import { engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";
import { alice, web } from "../support/samples.ts";

const runs = { small: 50, large: 20_000 };
const { schema, policies } = compilePolicies(path.resolve(import.meta.dirname, "../../policies"), settings);
const engine = engineWith(policies, schema);
const context = {
  osUser: "ec2-user",
  connectionType: "direct",
  hostKeyTrust: 0,
  time: { epoch: 0, hour: 0, weekday: 4 },
};

const chatbot: Caller = { ...alice, id: "111122223333/ChatBot", kind: "machine", groups: ["ChatBot"] };
const callers = fc.constantFrom(alice, chatbot);

const nothing = { view: false, connect: false };
/** What the sample policies say where no tag is odd: constants, so that an engine which denies everything is seen. */
const usual = fc.constantFrom(
  { caller: alice, tags: {}, verdict: nothing },
  { caller: alice, tags: { env: "dev" }, verdict: { view: true, connect: true } },
  { caller: alice, tags: { env: "prod" }, verdict: { view: true, connect: false } },
  { caller: chatbot, tags: { env: "dev" }, verdict: { view: true, connect: false } },
);

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  // Halves of surrogate pairs too.
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom("", "env", "dev", '"', "'", "\\", "\n", "\0", "__proto__", "constructor", "toString", "__entity"),
  fc.constantFrom("__extn", "__expr", "type", "id", 'env"', "Env", "dev ", "ｄｅｖ", "* || true", '" || true || "'),
);
const oddTags = fc
  .array(
    fc.tuple(
      anyText.filter((key) => key !== "env"),
      anyText,
    ),
    { maxLength: 6 },
  )
  .map((tags): Record<string, string> => Object.fromEntries(tags));

/** What the sample policies let a caller do with an instance of these tags. */
function verdicts(caller: Caller, tags: Record<string, string>): { view: boolean; connect: boolean } {
  const instance: Instance = { ...web, tags };
  return { view: mayView(engine, caller, instance), connect: mayConnect(engine, caller, instance, context).allowed };
}

const tagReaders = Object.fromEntries(
  Object.entries({
    permit: 'resource.hasTag("env") && resource.getTag("env") == "a"',
    teams: 'resource.hasTag("team") && ["a", "b"].contains(resource.getTag("team"))',
    forbid: 'resource.hasTag("frozen") || (resource.hasTag("a b") && resource.getTag("a b") like "*a*")',
    error: 'resource.getTag("env") == "b" && resource.getTag("owner") == "a"',
  }).map(([id, condition]) => {
    const effect = id === "forbid" ? "forbid" : "permit";
    return [id, `${effect} (principal, action == Latchkey::Action::"view", resource) when { ${condition} };`];
  }),
);
const namedKeys = ["env", "team", "frozen", "a b", "owner"];
const readers = engineWith(tagReaders);

/** What Cedar itself decides, given all of these tags: no error, and a permit without a forbid. */
function decidedOnAll({ principal, resource, context }: PolicyQuestion): boolean {
  const result = isAuthorized({
    principal: principal.uid,
    action: { type: "Latchkey::Action", id: "view" },
    resource: resource.uid,
    context,
    policies: { staticPolicies: tagReaders },
    entities: [principal, resource],
  });
  if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join());
  const { decision, diagnostics } = result.response;
  return decision === "allow" && diagnostics.errors.length === 0;
}

describe("odd tags", () => {
  testProperty(
    "a decision on all tags is that on the tags that policies name",
    { small: 40, large: 10_000 },
    fc.property(
      fc.dictionary(fc.constantFrom(...namedKeys), fc.constantFrom("a", "b", "ab", ""), { maxKeys: 5 }),
      oddTags.filter((tags) =>
        Object.entries(tags)
          .flat()
          .every((text) => text.isWellFormed()),
      ),
      (named, others) => {
        const question = (tags: Record<string, string>): PolicyQuestion => ({
          principal: { uid: { type: "Latchkey::Person", id: "alice" }, attrs: {}, parents: [] },
          action: "view",
          resource: { uid: { type: "Latchkey::Instance", id: "i-1" }, attrs: {}, parents: [], tags },
          context: {},
        });
        const all = { ...others, ...named };
        const read = Object.fromEntries(Object.entries(all).filter(([key]) => namedKeys.includes(key)));
        expect(readers.decide(question(all)).allowed).toBe(decidedOnAll(question(all)));
        expect(decidedOnAll(question(all))).toBe(decidedOnAll(question(read)));
      },
    ),
  );

  testProperty(
    "tags that no policy names permit nothing, and, where they are text, forbid nothing",
    runs,
    fc.property(usual, oddTags, ({ caller, tags, verdict }, odd) => {
      const isText = Object.entries(odd).every(([key, value]) => key.isWellFormed() && value.isWellFormed());
      expect(verdicts(caller, { ...odd, ...tags })).toEqual(isText ? verdict : nothing);
    }),
  );

  testProperty(
    "a value that only looks like one of the policies' permits nothing",
    runs,
    fc.property(callers, anyText, oddTags, (caller, env, odd) => {
      fc.pre(env !== "dev" && env !== "prod");
      expect(verdicts(caller, { ...odd, env })).toEqual(nothing);
    }),
  );
});
