import { describe, expect, test } from "@jest/globals";
import type { Caller } from "../../../contract/caller.ts";
import { visibleTraits } from "../../../lambda/policy/narrow.ts";
import { engineWith, samplePolicies } from "../../support/policy-engine.ts";
import { alice, machine, person } from "../../support/samples.ts";

const inGroup = (group: string) => `principal in Latchkey::Group::"${group}"`;
const tagIs = (key: string, value: string) => `resource.hasTag("${key}") && resource.getTag("${key}") == "${value}"`;
const permit = (condition: string) =>
  `permit (principal, action, resource is Latchkey::Instance) when { ${condition} };`;
const traits = (policies: readonly string[], caller: Caller = alice) =>
  visibleTraits(engineWith(Object.fromEntries(policies.map((text, index) => [`policy-${index}`, text]))), caller);

const dev = { tags: { env: "dev" } };
const prod = { tags: { env: "prod" } };
const own = { ...alice, id: "alice@example.com" };

describe("nothing is known of what a caller may view", () => {
  test.each<[sentence: string, ...policies: string[]]>([
    ["if a policy has no condition", permit(tagIs("env", "dev")), "permit (principal, action, resource);"],
    ["if a condition is not an equality", permit('resource.hasTag("env")')],
    ["of one side", permit(`${tagIs("env", "dev")} || resource has platform`)],
    ["with a pattern", permit('resource.hasTag("env") && resource.getTag("env") like "dev*"')],
    ["if the tag must not have the value", permit('!(resource.hasTag("env") && resource.getTag("env") == "dev")')],
    ["of `unless`", `permit (principal, action, resource is Latchkey::Instance) unless { ${tagIs("env", "dev")} };`],
    ["if a policy cannot be evaluated without the instance", permit(`principal.name == "" && ${tagIs("env", "dev")}`)],
  ])("%s", (_, ...policies) => {
    expect(traits(policies)).toBeUndefined();
  });
});

describe("what visible instances have is known", () => {
  test.each<[sentence: string, expected: readonly object[], caller: Caller, ...policies: string[]]>([
    ["nothing permits", [], alice, permit("false"), `forbid (principal, action, resource);`],
    ["a permit is for others", [], alice, permit(`${inGroup("OnCall")} && ${tagIs("env", "dev")}`)],
    ["a permit is for a machine", [], alice, permit(`principal is Latchkey::Machine && ${tagIs("env", "dev")}`)],
    ["an action is another", [], alice, 'permit (principal, action == Latchkey::Action::"connect", resource);'],
    ["a tag", [dev], alice, permit(tagIs("env", "dev"))],
    ["a tag, the other way round", [dev], alice, permit('resource.hasTag("env") && "dev" == resource.getTag("env")')],
    ["several policies", [dev, prod], alice, permit(tagIs("env", "dev")), permit(tagIs("env", "prod"))],
    ["a set", [dev, prod], alice, permit('resource.hasTag("env") && ["dev", "prod"].contains(resource.getTag("env"))')],
    [
      "two tags",
      [{ tags: { env: "dev", team: "a" } }],
      alice,
      permit(`${tagIs("env", "dev")} && ${tagIs("team", "a")}`),
    ],
    ["tags that contradict each other", [], alice, permit(`${tagIs("env", "dev")} && ${tagIs("env", "prod")}`)],
    ["an account", [{ tags: {}, accountId: "1" }], alice, permit('resource has account && resource.account == "1"')],
    ["a tag and more", [dev], alice, permit(`${tagIs("env", "dev")} && resource has platform`)],
    [
      "the caller's own name",
      [{ tags: { owner: "alice" } }],
      own,
      permit(
        'principal is Latchkey::Person && principal has name && resource.hasTag("owner") && resource.getTag("owner") == principal.name',
      ),
    ],
    [
      "a resource that is named besides",
      [dev],
      alice,
      `permit (principal, action, resource == Latchkey::Instance::"a") when { ${tagIs("env", "dev")} };`,
    ],
  ])("%s", (_, expected, caller, ...policies) => {
    expect(traits(policies, caller)).toEqual(expected);
  });

  test("by the sample policies", () => {
    expect(visibleTraits(samplePolicies, alice)).toEqual([dev, prod]);
    expect(visibleTraits(samplePolicies, machine("Roster"))).toEqual([prod]);
    expect(visibleTraits(samplePolicies, person("carol", "Guest"))).toEqual([]);
  });
});
