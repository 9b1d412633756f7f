import type { SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import type { Decider, Policies, PolicyAction, PolicyQuestion, Verdict } from "../../lambda/policy/engine.ts";
import { applicableReviews, possibleReviews, supposingResource } from "../../lambda/policy/suppose.ts";
import { compiled, engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";

const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
const about = { scope: "instance", osUser: "root", subject: "bob", requestedBy: "bob", breakGlass: false, time };
const contexts: Readonly<Record<PolicyAction, PolicyQuestion["context"]>> = {
  view: {},
  connect: { osUser: "root", connectionType: "eice", hostKeyTrust: 1, time },
  request: { scope: "instance", osUser: "root", breakGlass: false, durationSeconds: 60, time },
  delegate: { scope: "instance", osUser: "root", subject: "bob", durationSeconds: 60, time },
  review: about,
  revoke: about,
  readAudit: {},
  manageHostKeys: {},
  suspend: { restore: true, time },
};
const actions = Object.keys(contexts) as PolicyAction[];
const groups = ["some", "more", "most", "all"];
const uid = (id: string) => `Latchkey::Action::"${id}"`;

/** Latchkey's schema, its actions in groups, which are in groups. */
const anySchema = fc
  .record({
    above: fc.tuple(...groups.map((_, index) => fc.subarray(groups.slice(index + 1)))),
    of: fc.tuple(...actions.map(() => fc.subarray(groups, { maxLength: 2 }))),
  })
  .map(({ above, of }): SchemaJson<string> => {
    const schema = compiled.schema as SchemaJson<string>;
    const latchkey = schema["Latchkey"];
    if (!latchkey) throw new Error("The schema has one namespace");
    const memberOf = (names: readonly string[] = []) => ({ memberOf: names.map((id) => ({ id })) });
    const known = Object.entries(latchkey.actions).map(([id, action]) => {
      return [id, { ...action, ...memberOf(of[actions.indexOf(id as PolicyAction)]) }];
    });
    const added = groups.map((id, index) => [id, memberOf(above[index])]);
    return { Latchkey: { ...latchkey, actions: Object.fromEntries([...known, ...added]) } };
  });

const anyName = fc.constantFrom(...actions, ...groups, ...groups, "none-such");
const anyHead = fc.oneof(
  fc.constant("action"),
  anyName.map((id) => `action == ${uid(id)}`),
  anyName.map((id) => `action in ${uid(id)}`),
  fc.array(anyName, { maxLength: 3 }).map((ids) => `action in [${ids.map(uid).join()}]`),
);
const anyCondition = fc.oneof(
  anyName.map((id) => `action in ${uid(id)}`),
  anyName.map((id) => `action == ${uid(id)}`),
  fc.constantFrom(
    "true",
    "false",
    'principal in Latchkey::Group::"Engineer"',
    'resource is Latchkey::Instance && resource.hasTag("env")',
    "context has osUser && context.time.hour > 2",
    "context has subject && context.subject == principal.name",
    "context.osUser == context.subject",
    "resource.vpc == context.osUser",
    'resource.getTag("env") == "dev"',
  ),
);
const anyPolicy = fc
  .record({
    effect: fc.constantFrom("permit", "permit", "forbid"),
    principal: fc.constantFrom("principal", "principal is Latchkey::Person", 'principal in Latchkey::Group::"OnCall"'),
    head: anyHead,
    resource: fc.constantFrom("resource", "resource is Latchkey::Instance"),
    clauses: fc.array(fc.tuple(fc.constantFrom("when", "unless"), anyCondition), { maxLength: 2 }),
  })
  .map(
    ({ effect, principal, head, resource, clauses }) =>
      `${effect} (${principal}, ${head}, ${resource}) ${clauses.map(([kind, body]) => `${kind} { ${body} }`).join(" ")};`,
  );
const anyPolicies = fc.array(anyPolicy, { maxLength: 6 }).map((texts) =>
  Object.fromEntries(
    texts.map((text, index) => {
      const policy = cedar.policyToJson(text);
      if (policy.type === "failure") throw new Error(text);
      return [`policy-${index}`, policy.json];
    }),
  ),
);

const anyCircumstances = fc.record({
  name: fc.boolean(),
  group: fc.constantFrom("Engineer", "OnCall"),
  env: fc.boolean(),
});

function questionOf(action: PolicyAction, { name, group, env }: { name: boolean; group: string; env: boolean }) {
  const principal = {
    uid: { type: "Latchkey::Person", id: "bob" },
    attrs: { ...(name && { name: "bob" }) },
    parents: [{ type: "Latchkey::Group", id: group }],
  };
  const instance = {
    uid: { type: "Latchkey::Instance", id: "i-1" },
    attrs: {},
    parents: [],
    tags: { ...(env && { env: "dev" }) },
  };
  const resource =
    action === "suspend" ? { ...principal, uid: { type: "Latchkey::Machine", id: "m" }, attrs: {} } : instance;
  return { principal, action, resource, context: contexts[action] };
}

/** What Cedar itself decides by all of some policies: no error, and a permit without a forbid. */
function cedarWith(schema: SchemaJson<string>, policies: Policies): (question: PolicyQuestion) => Verdict {
  const id = "all";
  for (const parsed of [
    cedar.preparseSchema(id, schema),
    cedar.preparsePolicySet(id, { staticPolicies: { ...policies } }),
  ]) {
    if (parsed.type === "failure") throw new Error(parsed.errors.map(({ message }) => message).join());
  }
  return ({ principal, action, resource, context }) => {
    const result = cedar.statefulIsAuthorized({
      principal: principal.uid,
      action: { type: "Latchkey::Action", id: action },
      resource: resource.uid,
      context,
      entities: [principal, resource],
      preparsedPolicySetId: id,
      preparsedSchemaName: id,
      validateRequest: true,
    });
    if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join());
    const { decision, diagnostics } = result.response;
    if (diagnostics.errors.length > 0) return { allowed: false, policies: [] };
    return { allowed: decision === "allow", policies: [...diagnostics.reason].sort() };
  };
}

const decidedBy = (decider: Decider, question: PolicyQuestion): Verdict => {
  const { allowed, policies } = decider.decide(question);
  return { allowed, policies: [...policies].sort() };
};

const forms = { applicableReviews, possibleReviews, supposingResource };

describe("the policies that can match an action decide about it as all of them would", () => {
  testProperty(
    "under any policies and any groups of actions, by the same policies, and so in each changed form",
    { small: 60, large: 1000 },
    fc.property(anySchema, anyPolicies, anyCircumstances, (schema, policies, circumstances) => {
      const engine = engineWith(policies, schema);
      const deciders: (readonly [Decider, Policies])[] = [
        [engine, policies],
        ...Object.entries(forms).map(([name, form]) => [engine.derive(name, form), form(policies)] as const),
      ];
      const questions = actions.map((action) => questionOf(action, circumstances));
      for (const [decider, all] of deciders) {
        expect(questions.map((question) => decidedBy(decider, question))).toEqual(
          questions.map(cedarWith(schema, all)),
        );
      }
    }),
  );
});
