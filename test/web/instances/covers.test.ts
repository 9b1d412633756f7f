import { describe, expect, test } from "@jest/globals";
import type { AccessRequest } from "../../../sdk/types.ts";
import { covers, openRequests } from "../../../web/instances/covers.ts";

const instance = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  tags: { env: "prod", team: "search" },
};

describe("an access request is not for an instance", () => {
  test.each([
    ["with another id", { instanceId: "i-0fffffffffffffff0" }],
    ["without one of its tags", { tags: { env: "prod", role: "web" } }],
    ["with another value of one", { tags: { env: "Prod" } }],
    ["by a tag that only objects have", { tags: { constructor: "Object" } }],
    ["of another account", { tags: { env: "prod" }, accountId: "444455556666", region: "us-east-1" }],
    ["of another region", { tags: { env: "prod" }, accountId: "111122223333", region: "eu-west-1" }],
  ])("%s", (_, scope) => {
    expect(covers({ scope } as Pick<AccessRequest, "scope">, instance)).toBe(false);
  });
});

describe("an access request is for an instance", () => {
  test.each([
    ["by its id", { instanceId: instance.instanceId }],
    ["by its tags", { tags: { env: "prod" } }],
    [
      "by its tags, in its account and region",
      { tags: { env: "prod" }, accountId: "111122223333", region: "us-east-1" },
    ],
  ])("%s", (_, scope) => {
    expect(covers({ scope } as Pick<AccessRequest, "scope">, instance)).toBe(true);
  });
});

test("of the access requests those count that give access or may yet, the active ones first", () => {
  const requests = ["denied", "pending", "expired", "active", "scheduled", "unknown", "revoked"].map((status) => ({
    status,
  }));
  expect(openRequests(requests as AccessRequest[]).map(({ status }) => status)).toEqual([
    "active",
    "scheduled",
    "pending",
  ]);
});
