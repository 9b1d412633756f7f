import fc from "fast-check";
import type { Caller } from "../../contract/caller.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { alice, machine, person, web } from "./samples.ts";

const keys = ["env", "team", "owner"] as const;
const values = ["dev", "prod", "a", "alice", ""] as const;
const accounts = ["111122223333", "444455556666"] as const;
const regions = ["us-east-1", "eu-west-1"] as const;

const anyKey = fc.constantFrom(...keys);
const anyValue = fc.constantFrom(...values);

const tagIs = fc
  .tuple(anyKey, anyValue, fc.boolean())
  .map(([key, value, isReversed]) =>
    isReversed
      ? `resource.hasTag("${key}") && "${value}" == resource.getTag("${key}")`
      : `resource.hasTag("${key}") && resource.getTag("${key}") == "${value}"`,
  );
const tagIsOneOf = fc
  .tuple(anyKey, fc.array(anyValue, { minLength: 1, maxLength: 3 }))
  .map(([key, some]) => `resource.hasTag("${key}") && ${JSON.stringify(some)}.contains(resource.getTag("${key}"))`);
const other = fc.constantFrom(
  ...accounts.map((account) => `resource has account && resource.account == "${account}"`),
  ...regions.map((region) => `resource has region && resource.region == "${region}"`),
  ...["Engineer", "OnCall"].map((group) => `principal in Latchkey::Group::"${group}"`),
  'principal is Latchkey::Person && principal has name && resource.hasTag("owner") && resource.getTag("owner") == principal.name',
  'resource.hasTag("team") && resource.getTag("team") like "a*"',
  'resource.hasTag("env")',
  // An error for instances without the tag.
  'resource.getTag("env") == "dev"',
  "resource has platform",
  'resource == Latchkey::Instance::"111122223333/us-east-1/i-00000001"',
  "true",
  "false",
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof({ weight: 3, arbitrary: tagIs }, tagIsOneOf, other),
    fc.tuple(tie("condition"), tie("condition")).map(([one, more]) => `(${one}) && (${more})`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, more]) => `(${one}) || (${more})`),
    tie("condition").map((one) => `!(${one})`),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map(([one, yes, no]) => `if (${one}) then (${yes}) else (${no})`),
  ),
}));

const principals = ["principal", "principal is Latchkey::Person", 'principal in Latchkey::Group::"Engineer"'];
const resources = ["resource", "resource is Latchkey::Instance"];
const actions = ["action", 'action == Latchkey::Action::"view"', 'action == Latchkey::Action::"connect"'];

const policy = fc
  .record({
    effect: fc.constantFrom("permit", "permit", "permit", "forbid"),
    principal: fc.constantFrom(...principals),
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...resources),
    when: fc.array(condition, { maxLength: 2 }),
    unless: fc.array(condition, { maxLength: 1 }),
  })
  .map(
    ({ effect, principal, action, resource, when, unless }) =>
      `${effect} (${principal}, ${action}, ${resource}) ${[
        ...when.map((each) => `when { ${each} }`),
        ...unless.map((each) => `unless { ${each} }`),
      ].join(" ")};`,
  );

/** Policies about `view`, as Cedar's text, by id. */
export const anyPolicies: fc.Arbitrary<Record<string, string>> = fc
  .array(policy, { minLength: 1, maxLength: 4 })
  .map((texts) => Object.fromEntries(texts.map((text, index) => [`policy-${index}`, text])));

export const anyViewer: fc.Arbitrary<Caller> = fc.constantFrom(
  alice,
  { ...alice, id: "alice@example.com" },
  person("bob", "OnCall"),
  person("carol"),
  machine("OnCall"),
);

/** Instances in several targets, with names and tags that those policies look for. */
export const anyFleet: fc.Arbitrary<readonly Instance[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(undefined, "a", "ab", "b", "\u{1f600}", "\uffee"),
      tags: fc.dictionary(anyKey, anyValue, { maxKeys: 3 }),
      accountId: fc.constantFrom(...accounts),
      region: fc.constantFrom(...regions),
      state: fc.constantFrom("running", "stopped"),
      platform: fc.constantFrom(undefined, "windows"),
    }),
    { maxLength: 30, size: "max" },
  )
  .map((all) =>
    all.map(({ name, tags, platform, ...more }, index) => ({
      ...web,
      ...more,
      ...(platform && { platform }),
      instanceId: `i-${index.toString(16).padStart(8, "0")}`,
      tags: { ...tags, ...(name !== undefined && { Name: name }) },
    })),
  );
