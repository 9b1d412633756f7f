import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { keysFor } from "../../../lambda/callers/issuer-keys.ts";
import { type Claims, callerOf, type Refusal, refusals } from "../../../lambda/callers/oidc.ts";
import type { IssuerSettings } from "../../../lambda/shared/issuer-settings.ts";

const corp: IssuerSettings = {
  name: "corp",
  issuer: "https://login.example.com",
  audience: "urn:latchkey:api",
  jwksUri: "https://login.example.com/jwks",
  algorithm: "RS256",
  people: { id: "upn", idPattern: "*@example.com", groups: "groups", require: { kind: ["user"] } },
  machines: [
    { name: "robot", id: ["client_id"], require: { kind: ["app"] }, groups: ["robots"] },
    { name: "deploy", id: ["repository_owner_id", "repository_id"], require: { ref: ["refs/heads/main"] }, groups: [] },
    {
      name: "checks",
      id: ["repository_id"],
      require: { event_name: ["pull_request"], ref: ["refs/pull/1/merge"] },
      groups: [],
    },
  ],
};
const byEmail: IssuerSettings = { ...corp, people: { id: "email", idPattern: "*" } };
const groups = {
  Engineer: ["iam:111122223333/Engineer", "corp:engineering"],
  Everybody: ["corp:engineering", "corp:on-call"],
  Robots: ["corp:robots"],
  Others: ["other:engineering"],
};
const alice = { sub: "00u1", kind: "user", upn: "alice@example.com", groups: ["engineering"] };
const workflow = {
  ...{ ref: "refs/heads/main", repository_owner_id: "12", repository_id: "34" },
  ...{ event_name: "push", sub: "repo:o/r:ref:x" },
};
const outcome = (claims: Claims, issuer = corp) => callerOf({ groups }, issuer, claims);

describe("the caller of a valid token is refused", () => {
  test.each<[sentence: string, claims: Claims, refusal: Refusal]>([
    ["a token that matches no mapping", { ...alice, kind: "guest" }, "no-mapping"],
    ["one that lacks the claim that tells mappings apart", { upn: "alice@example.com" }, "no-mapping"],
    ["one whose claim has the required text in an array", { ...alice, kind: ["user"] }, "no-mapping"],
    ["one whose claim is a number that reads the same", { ...alice, kind: 1 }, "no-mapping"],
    ["two mappings that both match", { ...alice, ...workflow }, "several-mappings"],
    ["an id outside idPattern", { ...alice, upn: "alice@example.org" }, "other-id"],
    ["an id that goes on after the pattern", { ...alice, upn: "alice@example.com.evil.org" }, "other-id"],
    ["no id", { ...alice, upn: undefined }, "no-id"],
    ["an id that is a number", { ...alice, upn: 1 }, "no-id"],
    ["an id that is an inherited property's name", { kind: "user", sub: "a", toString: "x" }, "no-id"],
    ["Latchkey's own name", { ...alice, upn: "LATCHKEY" }, "not-an-id"],
    ["an id with a space behind it", { ...alice, upn: "alice@example.com " }, "not-an-id"],
    ["an id with a line break behind it", { ...alice, upn: "alice@example.com\n" }, "not-an-id"],
    ["an id with a letter that looks like another", { ...alice, upn: "\u0430lice@example.com" }, "not-an-id"],
    ["an id with an accent of its own character", { ...alice, upn: "alice\u0301@example.com" }, "not-an-id"],
    ["an id that is a machine's", { ...alice, upn: "corp/robot/ci@example.com" }, "not-an-id"],
    ["an id with a Kelvin sign, which would be a k", { ...alice, upn: "\u212Aate@example.com" }, "not-an-id"],
    ["an id that looks like a machine's name in CloudTrail", { ...alice, upn: `a-${"0".repeat(24)}` }, "not-an-id"],
    ["a service account of oidc-provider or Auth0", { ...alice, sub: "ci", client_id: "ci" }, "service-account"],
    ["a client that is its own authorized party", { ...alice, sub: "ci", azp: "ci" }, "service-account"],
    ["a service account of Okta", { ...alice, sub: "0oa1", cid: "0oa1" }, "service-account"],
    ["an application of Entra", { ...alice, idtyp: "app" }, "service-account"],
    ["a machine of Auth0", { ...alice, gty: "client-credentials" }, "service-account"],
    ["a service account of Keycloak", { ...alice, preferred_username: "service-account-ci" }, "service-account"],
    ["a service account of Google", { ...alice, email: "ci@p.iam.gserviceaccount.com" }, "service-account"],
    ["groups that are one text", { ...alice, groups: "engineering" }, "not-groups"],
    ["groups that are an object", { ...alice, groups: { 0: "engineering" } }, "not-groups"],
    ["groups that are no strings", { ...alice, groups: ["engineering", 7] }, "not-groups"],
    ["groups that are a reference", { ...alice, _claim_names: { groups: "src1" } }, "groups-left-out"],
    ["groups that are too many for a fragment", { ...alice, groups: undefined, hasgroups: "true" }, "groups-left-out"],
    ["a machine without the claim of its id", { kind: "app" }, "no-id"],
    ["a machine whose claim is empty", { kind: "app", client_id: "" }, "no-id"],
    ["a machine whose claim is half a character", { kind: "app", client_id: "\ud800" }, "no-id"],
    ["a workflow of a pull request", { ...workflow, event_name: "pull_request" }, "pull-request"],
    ["a workflow that a comment has started", { ...workflow, event_name: "issue_comment" }, "pull-request"],
    ["a workflow that an issue has started", { ...workflow, event_name: "issues" }, "pull-request"],
    ["a workflow that another has started", { ...workflow, event_name: "workflow_run" }, "pull-request"],
    ["a workflow that does not say for what it runs", { ...workflow, event_name: undefined }, "pull-request"],
    ["a workflow whose event is in an array", { ...workflow, event_name: ["pull_request"] }, "pull-request"],
    ["a workflow whose event is no text at all", { ...workflow, event_name: { toString: 1 } }, "pull-request"],
    ["a machine whose id is longer than filters take", { kind: "app", client_id: "ä".repeat(41) }, "long-id"],
    ["a workflow that is a pull request's target", { ...workflow, event_name: "pull_request_target" }, "pull-request"],
  ])("%s", (_, claims, refusal) => {
    expect(outcome(claims)).toEqual({ refusal });
  });

  test.each([
    ["an unverified e-mail", { email: "alice@example.com", email_verified: false }],
    ["an e-mail without a word about its verification", { email: "alice@example.com" }],
    ["an e-mail that is verified in a text", { email: "alice@example.com", email_verified: "true" }],
  ])("%s", (_, claims) => {
    expect(outcome(claims, { ...byEmail, machines: undefined })).toEqual({ refusal: "unverified-email" });
  });

  test("a person whose known groups take more than API Gateway keeps", () => {
    const many = Array.from({ length: 500 }, (_, index) => `group-${index}`);
    const known = Object.fromEntries(many.map((each) => [each, [`corp:${each}`]]));
    expect(callerOf({ groups: known }, corp, { ...alice, groups: many })).toEqual({ refusal: "too-many-groups" });
  });

  test("a person whose known groups take more bytes than characters, or than they had before they are JSON in JSON", () => {
    const groupsNamed = (count: number, name: (index: number) => string) => {
      const many = Array.from({ length: count }, (_, index) => name(index));
      const known = { All: many.map((each) => `corp:${each}`) };
      return callerOf({ groups: known }, corp, { ...alice, groups: many });
    };
    expect(groupsNamed(40, (index) => `${"ä".repeat(100)}${index}`)).toEqual({ refusal: "too-many-groups" });
    expect(groupsNamed(550, (index) => `${index}`)).toEqual({ refusal: "too-many-groups" });
  });

  test("each in words that a response can hold as they are, in JSON", () => {
    for (const words of Object.values(refusals)) expect(words).toMatch(/^[A-Z][\w ,.:+=@-]+(?:'s[\w ,.:+=@-]+)*\.$/);
  });
});

describe("taken", () => {
  test("a person, by the id in lower case, with the groups that settings know", () => {
    expect(outcome({ ...alice, upn: "Alice@Example.com", groups: ["engineering", "unknown", "engineering"] })).toEqual({
      caller: {
        id: "alice@example.com",
        kind: "person",
        groups: ["Engineer", "Everybody"],
        sources: ["corp:engineering"],
        frontDoor: "oidc",
      },
    });
  });

  test("500 groups, of which settings know one", () => {
    const many = Array.from({ length: 499 }, (_, index) => `group-${index}`);
    expect(outcome({ ...alice, groups: [...many, "on-call"] })).toMatchObject({ caller: { groups: ["Everybody"] } });
  });

  test("a group whose name has a colon, which is no other issuer's", () => {
    const known = { groups: { A: ["corp:other:admins"], B: ["other:admins"], C: ["corp:iam:111122223333/Engineer"] } };
    const claims = { ...alice, groups: ["other:admins", "iam:111122223333/Engineer"] };
    expect(callerOf(known, corp, claims)).toMatchObject({ caller: { groups: ["A", "C"] } });
  });

  test("machines whose claims differ, by ids that differ", () => {
    const [pairs] = [{ ...corp, people: undefined, machines: [{ name: "m", id: ["a", "b"], groups: [] }] }];
    const claims = [
      { a: "x", b: "y/z" },
      { a: "x/y", b: "z" },
      { a: "x%2Fy", b: "z" },
      { a: "X", b: "y/z" },
      { a: "x", b: "y%2fz" },
      { a: "x", b: "y:z" },
      { a: "x", b: "\u00e9" },
      { a: "x", b: "e\u0301" },
    ];
    const ids = claims.map((each) => {
      const found = outcome(each, pairs);
      return "caller" in found ? found.caller.id : found.refusal;
    });
    expect(new Set(ids).size).toBe(claims.length);
    for (const id of ids) expect(id).toMatch(/^corp\/m\/[\w%:.-]+\/[\w%:.-]+$/);
  });

  test("a person without groups", () => {
    expect(outcome({ ...alice, groups: undefined })).toMatchObject({ caller: { groups: [], sources: [] } });
  });

  test("a verified e-mail", () => {
    const claims = { email: "Alice@Example.com", email_verified: true };
    expect(outcome(claims, { ...byEmail, machines: undefined })).toMatchObject({ caller: { id: "alice@example.com" } });
  });

  test("a machine, with the fixed groups of its mapping and none of its own", () => {
    expect(outcome({ kind: "app", sub: "ci", client_id: "ci/1 ä", groups: ["engineering"] })).toEqual({
      caller: {
        id: "corp/robot/ci%2F1%20%C3%A4",
        kind: "machine",
        groups: ["Robots"],
        sources: ["corp:robots"],
        frontDoor: "oidc",
      },
    });
  });

  test.each([
    ["a workflow, by the ids of owner and repository", workflow, "corp/deploy/12/34"],
    ["its other events", { ...workflow, event_name: "workflow_dispatch" }, "corp/deploy/12/34"],
    [
      "a pull request's workflow, if require names the event",
      { event_name: "pull_request", ref: "refs/pull/1/merge", repository_id: "34" },
      "corp/checks/34",
    ],
  ])("%s", (_, claims, id) => {
    expect(outcome(claims)).toMatchObject({ caller: { id, kind: "machine" } });
  });
});

describe("a key of an issuer's set", () => {
  const rsaOf = (modulusLength: number) =>
    generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" }) as { n: string; e: string };
  const rsa = { ...rsaOf(2048), kid: "a" };
  const short = { ...rsaOf(1024), kid: "a" };
  const ecOn = (namedCurve: string) => ({
    ...generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" }),
    kid: "a",
  });
  const ec = ecOn("P-256");
  const edOf = (type: "ed25519" | "x25519") => {
    // The types know each name alone.
    const { publicKey } = type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
    return { ...publicKey.export({ format: "jwk" }), kid: "a" };
  };
  const zeros = Buffer.alloc(128);

  test.each<[sentence: string, algorithm: IssuerSettings["algorithm"], key: unknown]>([
    ["of 1024 bits", "RS256", short],
    [
      "of 1024 bits behind 1024 zeros",
      "RS256",
      { ...short, n: Buffer.concat([zeros, Buffer.from(short.n, "base64url")]).toString("base64url") },
    ],
    ["under which anybody can sign", "RS256", { ...rsa, e: "AQ" }],
    ["without its modulus", "RS256", { ...rsa, n: undefined }],
    ["that is no point of its curve", "ES256", { ...ec, y: ec.x }],
    ["for key agreement", "EdDSA", edOf("x25519")],
    ["of a curve, for an RSA signature", "RS256", ec],
    ["on the curve of another algorithm", "ES256", ecOn("P-384")],
    ["of RSA, for a signature on a curve", "ES384", rsa],
    ["of RSA, for EdDSA", "EdDSA", rsa],
    ["for another algorithm of its kind", "RS256", { ...rsa, alg: "RS512" }],
    ["for encryption", "RS256", { ...rsa, use: "enc" }],
    ...["d", "p", "q", "dp", "dq", "qi", "oth"].map((name): [string, IssuerSettings["algorithm"], unknown] => [
      `that shows its private ${name} to all`,
      "RS256",
      { ...rsa, [name]: "x" },
    ]),
    ["that is a shared secret", "RS256", { kty: "oct", kid: "a", k: "x" }],
    ["without an id", "RS256", { ...rsa, kid: undefined }],
    ["without a kind", "RS256", { kid: "a" }],
    ["that is nothing", "RS256", null],
  ])("%s is not used", (_, algorithm, key) => {
    expect(keysFor(algorithm, { keys: [key] })).toEqual([]);
  });

  test.each<[sentence: string, algorithm: IssuerSettings["algorithm"], key: unknown]>([
    ["of 2048 bits", "RS256", { ...rsa, use: "sig", alg: "RS256" }],
    ["on the algorithm's curve", "ES256", ec],
    ["for EdDSA", "EdDSA", edOf("ed25519")],
  ])("%s is used, beside others that are not", (_, algorithm, key) => {
    expect(keysFor(algorithm, { keys: [{ kid: "future" }, key] })).toEqual([key]);
  });

  test.each([null, [], "keys", { keys: { a: rsa } }])("is not in %j", (set) => {
    expect(keysFor("RS256", set)).toEqual([]);
  });
});
