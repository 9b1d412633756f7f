import { describe, expect, test } from "@jest/globals";
import { Problem } from "../../../lambda/shared/problem.ts";
import { targetKey } from "../../../lambda/shared/target.ts";
import { instanceFinder } from "../../../lambda/targets/find-instance.ts";
import { knownTargets } from "../../../lambda/targets/known-targets.ts";
import { locator, type NamedInstance } from "../../../lambda/targets/locate.ts";
import { problemFrom } from "../../support/problems.ts";
import { web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const own = { partition: "aws", accountId: "111122223333", region: "us-east-1" };
const far = { accountId: "444455556666", region: "eu-west-1" };
const ofUnit = { accountId: "777788889999", region: "eu-central-1" };
const gone = { accountId: "444455556666", region: "eu-north-1" };
const served = {
  externalId: "latchkey",
  rolePath: "/",
  accounts: [{ account: far.accountId, regions: [far.region] }],
  organizationalUnits: [{ id: "ou-ab12-cdefgh34", regions: [ofUnit.region] }],
};

interface World {
  /** Where the instance is known to be. */
  readonly claims?: readonly { readonly accountId: string; readonly region: string }[];
  readonly admits?: () => Promise<boolean>;
  readonly isAlone?: boolean;
}

/** Each target has an instance with the id, which is how a test sees that it was called. */
function world({ claims = [], admits = async () => true, isAlone = false }: World) {
  const looked: string[] = [];
  const called: string[] = [];
  const finder = {
    findTargets: async (instanceId: string) => {
      looked.push(instanceId);
      return claims;
    },
  };
  const locate = locator({ known: knownTargets(own, isAlone ? undefined : served), finder, admits });
  const find = instanceFinder(locate, (target) => ({
    describeInstance: async (instanceId) => {
      called.push(targetKey(target));
      return { ...web, ...target, instanceId };
    },
  }));
  const context = testContext();
  const at = async (named: Partial<NamedInstance> = {}) => {
    const input = { instanceId: web.instanceId, ...named };
    const { target, isAbsent } = await locate(input, context);
    const found = await find(input, context);
    return { target: targetKey(target), isAbsent, found: found && targetKey(found), called: called.at(-1) };
  };
  return { at, looked, fields: context.fields };
}

describe("an instance is absent, and the stack's own target is called all the same", () => {
  test.each<[sentence: string, World, Partial<NamedInstance>]>([
    ["in an account that is not served", {}, { accountId: "999999999999", region: far.region }],
    ["in a region that is not served", {}, gone],
    ["in an account of a unit's region that IAM refuses", { admits: async () => false }, ofUnit],
    ["with one target, in any other", { isAlone: true }, far],
    ["if two targets claim its id", { claims: [far, own] }, {}],
    ["if two targets claim it, and IAM would refuse one", { claims: [far, ofUnit], admits: async () => false }, {}],
  ])("%s", async (_, of, named) => {
    expect(await world(of).at(named)).toEqual({
      target: targetKey(own),
      isAbsent: true,
      found: undefined,
      called: targetKey(own),
    });
  });
});

test("the log names the targets that claim one id, and nothing else does", async () => {
  const { at, fields } = world({ claims: [far, ofUnit] });
  expect(await at()).toMatchObject({ isAbsent: true, target: targetKey(own) });
  expect(fields.claimedBy).toEqual([targetKey(far), targetKey(ofUnit)]);
});

test.each<[sentence: string, World, Partial<NamedInstance>, where: string]>([
  ["the target that the request names", {}, far, targetKey(far)],
  ["that target, even if another is remembered", { claims: [own] }, far, targetKey(far)],
  ["that target, although two claim the id", { claims: [own, far] }, far, targetKey(far)],
  ["an account of a unit that IAM admits", {}, ofUnit, targetKey(ofUnit)],
  ["where it is known to be", { claims: [far] }, {}, targetKey(far)],
  ["where it is known to be, not in a target that is no longer served", { claims: [gone, far] }, {}, targetKey(far)],
  ["the stack's own target, if nothing is known", {}, {}, targetKey(own)],
  ["the stack's own target, if it is known in one that is no longer served", { claims: [gone] }, {}, targetKey(own)],
  ["the stack's own target, if it is alone and named", { isAlone: true }, own, targetKey(own)],
])("an instance is looked for in %s", async (_, of, named, where) => {
  expect(await world(of).at(named)).toEqual({ target: where, isAbsent: false, found: where, called: where });
});

test.each<[sentence: string, World, Partial<NamedInstance>, noted: string | undefined]>([
  ["with one target, nothing", { isAlone: true }, {}, undefined],
  ["with more, the target", {}, far, targetKey(far)],
  ["with more, the stack's own for one that is not served", {}, gone, targetKey(own)],
])("the log says of where an instance was looked for, %s", async (_, of, named, noted) => {
  const { at, fields } = world(of);
  await at(named);
  expect(fields.target).toBe(noted);
});

test.each<[sentence: string, World, Partial<NamedInstance>, number]>([
  ["with one target", { isAlone: true, claims: [own] }, {}, 0],
  ["if the request names the target", { claims: [own] }, far, 0],
  ["otherwise", { claims: [far] }, {}, 2],
])("what is remembered is looked up %s", async (_, of, named, times) => {
  const { at, looked } = world(of);
  await at(named);
  expect(looked).toHaveLength(times);
});

test("a fault of AWS is not taken for a refusal", async () => {
  const { at } = world({ admits: () => Promise.reject(new Problem("upstream-unavailable")) });
  expect(await problemFrom(() => at(ofUnit))).toMatchObject({ code: "upstream-unavailable" });
});
