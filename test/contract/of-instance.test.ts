import { describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import { accessRequestBody } from "../../contract/access-request.ts";
import { connectionRequest } from "../../contract/connection.ts";
import { decisionRequest } from "../../contract/decision.ts";
import { routes } from "../../contract/routes.ts";
import { keys } from "../fixtures/keys.ts";

const instanceId = "i-0a1b2c3d";
const [accountId, region] = ["444455556666", "eu-west-1"];
const access = { osUser: "ec2-user", durationSeconds: 60, reason: "INC-42" };

/** Everything that names one instance, with what else it takes. */
const calls: readonly (readonly [name: string, schema: z.ZodType, others: object])[] = [
  ["a connection", connectionRequest, { publicKey: keys.ed25519 }],
  ["a decision", decisionRequest, { instanceId }],
  ["an access request", accessRequestBody, { ...access, instanceId }],
  ["the instance itself", routes.getInstance.query, {}],
  ["its host keys", routes.getHostKeys.query, {}],
  ["a replacement of its host keys", routes.putHostKeys.query, {}],
  ["the policies that decided about it", routes.getPolicies.query, {}],
];

const isTaken = (schema: z.ZodType, value: object) => schema.safeParse(value).success;

describe.each(calls)("%s", (_, schema, others) => {
  test.each<[sentence: string, target: object]>([
    ["an account alone", { accountId }],
    ["a region alone", { region }],
    ["an account that is none", { accountId: "44445555666", region }],
    ["a region with a slash", { accountId, region: "eu/west-1" }],
    ["an empty region", { accountId, region: "" }],
  ])("does not take %s", (_, target) => {
    expect(isTaken(schema, { ...others, ...target })).toBe(false);
  });

  test("takes account and region together, or neither", () => {
    expect([{}, { accountId, region }].map((target) => isTaken(schema, { ...others, ...target }))).toEqual([
      true,
      true,
    ]);
  });
});

test.each([
  ["tags, which have an account and region of their own", { tags: { env: "dev" } }],
  ["a scope of one instance", { instanceId }],
])("an access request takes no account and region beside %s", (_, scope) => {
  expect(
    [{}, { accountId, region }].map((target) => isTaken(accessRequestBody, { ...access, scope, ...target })),
  ).toEqual([true, false]);
});
