import { describe, expect, test } from "@jest/globals";
import { assumeTargets } from "../../lib/assume-targets.ts";
import { readers } from "../../lib/target-names.ts";
import { everyTarget } from "../support/template-settings.ts";

const targets = everyTarget;
const names = { partition: "aws", stackName: "Latchkey", rolePath: "/" };
const accounts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    account: String(100_000_000_000 + index),
    regions: ["eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2"],
  }));
const many = (count: number) => ({ ...targets, organizationalUnits: [], accounts: accounts(count) });

test("connect assumes the roles of a listed account by their exact ARNs, and says for whom", () => {
  const [listed, ...ofUnits] = assumeTargets(names, { ...targets, organizationalUnits: [] }, "connect");
  expect(ofUnits).toEqual([]);
  expect(listed).toEqual({
    Effect: "Allow",
    Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
    Resource: ["ReadRole", "PushRole-eu-west-1", "PushRole-us-east-1"].map(
      (name) => `arn:aws:iam::444455556666:role/Latchkey-${name}`,
    ),
  });
});

test.each(
  readers
    .filter((name) => name !== "connect")
    .map((name) => [name, { inspect: "InspectRole", capture: "CaptureRole" }[String(name)] ?? "ReadRole"] as const),
)("%s assumes the role %s of each account, and none that pushes", (name, role) => {
  const [listed, ofUnit] = assumeTargets(names, targets, name);
  expect(listed).toEqual({
    Effect: "Allow",
    Action: ["sts:AssumeRole"],
    Resource: [`arn:aws:iam::444455556666:role/Latchkey-${role}`],
  });
  expect(ofUnit).toMatchObject({ Action: ["sts:AssumeRole"], Resource: [`arn:aws:iam::*:role/Latchkey-${role}`] });
});

test.each([
  ["a unit, wherever it is, and all below it", "ou-ab12-cdefgh34", "o-a1b2c3d4e5/*/ou-ab12-cdefgh34/*"],
  ["the root, and all below it", "r-ab12", "o-a1b2c3d4e5/r-ab12/*"],
])("of an organizational unit, whose accounts nobody lists, it is the role's exact name: %s", (_, id, path) => {
  const organizationalUnits = [{ id, regions: ["eu-west-1"] }];
  expect(assumeTargets(names, { ...targets, accounts: [], organizationalUnits }, "connect")).toEqual([
    {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
      Resource: ["arn:aws:iam::*:role/Latchkey-ReadRole", "arn:aws:iam::*:role/Latchkey-PushRole-eu-west-1"],
      Condition: { "ForAnyValue:StringLike": { "aws:ResourceOrgPaths": [path] } },
    },
  ]);
});

describe("many accounts", () => {
  test("fill several policies, each within IAM's limit, and none is lost", () => {
    const statements = assumeTargets(names, many(150), "connect");
    for (const statement of statements) {
      expect(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }).length).toBeLessThanOrEqual(6144);
    }
    expect(new Set(statements.flatMap(({ Resource }) => Resource)).size).toBe(150 * 5);
    expect(statements.length).toBeLessThanOrEqual(10);
  });

  test("are refused if one role cannot have that many policies: the message says what to do", () => {
    expect(() => assumeTargets(names, many(250), "connect")).toThrow(
      "latchkey.targets has 1250 roles of accounts and 0 organizational units, more than 10 policies of connect hold: list units instead of accounts",
    );
  });
});
