import { describe, expect, test } from "@jest/globals";
import { contextOf } from "../../../lambda/callers/authorizer-context.ts";
import { frontDoors } from "../../../lambda/callers/front-doors.ts";
import type { IdentitySettings } from "../../../lambda/shared/settings.ts";
import { problemFrom } from "../../support/problems.ts";
import { aliceArn, restEvent } from "../../support/rest-event.ts";

const corp = {
  ...{ name: "corp", issuer: "https://login.example.com", audience: "api", algorithm: "ES256" as const },
  ...{ jwksUri: "https://login.example.com/jwks", people: { id: "sub", idPattern: "*" } },
};
const settings: IdentitySettings = {
  identities: { iam: { people: [{ role: "111122223333/Engineer" }] }, oidc: [corp] },
  groups: { Engineer: ["iam:111122223333/Engineer", "corp:engineering"] },
};
const now = new Date(1_000_000_000_000);
const alice = { id: "alice", kind: "person", groups: ["Engineer"], sources: ["corp:engineering"] } as const;
/** As API Gateway hands it on. */
const handedOn = (exp: number) => ({
  principalId: "alice",
  integrationLatency: 12,
  ...contextOf({ ...alice, groups: [...alice.groups], sources: [...alice.sources] }, exp),
});
const callerIn = (authorizer: object | null, userArn: string | null = null, of = settings) => {
  const event = restEvent({ resource: "/v1/whoami", userArn });
  return frontDoors(of)({ requestContext: { ...event.requestContext, authorizer } }, now);
};

describe("an event that no front door makes is refused", () => {
  test.each([
    ["one with a signer and a token", () => callerIn(handedOn(2e9), aliceArn), "both front doors"],
    [
      "one with a token, if the settings have no issuer",
      () => callerIn(handedOn(2e9), null, { ...settings, identities: { iam: settings.identities.iam } }),
      "no OIDC front door",
    ],
    ["one whose authorizer names nobody", () => callerIn({ principalId: "alice" }), "no valid id"],
    ["one whose authorizer refused the caller", () => callerIn({ refusal: "because" }), "no valid id"],
    ["a person with a machine's id", () => callerIn({ ...handedOn(2e9), id: "corp/ci/robot" }), "no valid id"],
    ["a machine with a person's id", () => callerIn({ ...handedOn(2e9), kind: "machine" }), "no valid id"],
    ["a machine with no id", () => callerIn({ ...handedOn(2e9), id: "", kind: "machine" }), "no valid id"],
    ["one of another kind", () => callerIn({ ...handedOn(2e9), kind: "root" }), "no valid kind"],
    ["one without groups", () => callerIn({ ...handedOn(2e9), groups: undefined }), "no valid groups"],
    ["one whose groups are a list as it is", () => callerIn({ ...handedOn(2e9), groups: [] }), "no valid groups"],
    ["one whose groups are no list", () => callerIn({ ...handedOn(2e9), groups: '"Engineer"' }), "no valid groups"],
    ["one whose sources are numbers", () => callerIn({ ...handedOn(2e9), sources: "[1]" }), "no valid sources"],
    ["one whose expiry is no number", () => callerIn({ ...handedOn(2e9), exp: "never" }), "no valid exp"],
    ["one that never expires", () => callerIn({ ...handedOn(2e9), exp: "Infinity" }), "no valid exp"],
    ["one with an empty expiry", () => callerIn({ ...handedOn(2e9), exp: "" }), "no valid exp"],
    ["one without expiry", () => callerIn({ ...handedOn(2e9), exp: undefined }), "no valid exp"],
  ])("%s", (_, find, message) => {
    expect(find).toThrow(message);
  });
});

test("nobody at all is refused", async () => {
  expect(await problemFrom(() => callerIn(null))).toMatchObject({ code: "access-denied" });
});

test.each([
  ["a second ago", 999_999_999],
  ["now", 1_000_000_000],
])("a token that expired %s is refused, though API Gateway still keeps its result", async (_, exp) => {
  const problem = await problemFrom(() => callerIn(handedOn(exp)));
  expect(problem).toMatchObject({
    code: "unauthenticated",
    headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
  });
});

test("one person has one id through both doors", () => {
  const byToken = callerIn(handedOn(1_000_000_001));
  expect(byToken).toEqual({ ...alice, frontDoor: "oidc" });
  expect(callerIn(null, aliceArn)).toMatchObject({ id: byToken.id, kind: "person", frontDoor: "iam" });
});
