import { describe, expect, test } from "@jest/globals";
import { knownTargets } from "../../../lambda/targets/known-targets.ts";
import { perTarget } from "../../../lambda/targets/per-target.ts";

const own = { partition: "aws-cn", accountId: "111122223333", region: "cn-north-1" };
const served = {
  externalId: "latchkey",
  rolePath: "/",
  accounts: [
    { account: "444455556666", regions: ["cn-north-1", "cn-northwest-1"] },
    { account: own.accountId, regions: ["cn-northwest-1"] },
  ],
  organizationalUnits: [{ id: "ou-ab12-cdefgh34", regions: ["cn-northwest-1", "cn-north-2"] }],
};
const known = knownTargets(own, served);
const find = (accountId: string, region: string) => known.find({ accountId, region });

describe("not served is", () => {
  test.each([
    ["an account that nobody lists, in a region without a unit", "777788889999", "cn-north-1"],
    ["a listed account in a region that is not its own", "444455556666", "eu-west-1"],
    ["a listed account in a region that only a unit has", "444455556666", "cn-north-2"],
    ["a region of another partition", own.accountId, "us-east-1"],
    ["text that runs into the next field", "444455556666/cn-north-1", ""],
    ["an account alone", own.accountId, ""],
  ])("%s", (_, accountId, region) => {
    expect(find(accountId, region)).toBeUndefined();
  });
});

test("without the setting, the stack's own target is alone", () => {
  const alone = knownTargets(own, undefined);
  expect([alone.isAlone, alone.listed, alone.find(own)]).toEqual([true, [own], own]);
  expect(alone.find({ accountId: "444455556666", region: own.region })).toBeUndefined();
});

test.each([
  ["accounts alone", { ...served, organizationalUnits: [] }],
  ["units alone", { ...served, accounts: [] }],
])("with %s, it is not alone", (_, some) => {
  expect(knownTargets(own, some).isAlone).toBe(false);
});

test("its own target is first, then each region of each account, in the stack's partition", () => {
  expect(known.listed.map(({ partition, accountId, region }) => `${partition} ${accountId} ${region}`)).toEqual([
    "aws-cn 111122223333 cn-north-1",
    "aws-cn 444455556666 cn-north-1",
    "aws-cn 444455556666 cn-northwest-1",
    "aws-cn 111122223333 cn-northwest-1",
  ]);
});

test("a unit admits any account in its regions, and lists none", () => {
  const found = find("777788889999", "cn-northwest-1");
  expect(found).toEqual({ partition: "aws-cn", accountId: "777788889999", region: "cn-northwest-1" });
  expect([known.isListed(own), found && known.isListed(found)]).toEqual([true, false]);
});

test("what is made for a target is made once, for the own one at the start, and for no other", () => {
  const made: string[] = [];
  const of = perTarget(own, ({ accountId, region }) => made.push(`${accountId} ${region}`));
  const other = { ...own, region: "cn-northwest-1" };
  expect(made).toEqual([`${own.accountId} ${own.region}`]);
  expect([of(own), of(other), of({ ...own }), of(other)]).toEqual([1, 2, 1, 2]);
});
