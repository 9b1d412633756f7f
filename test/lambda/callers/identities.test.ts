import { describe, expect, test } from "@jest/globals";
import { peopleSources, possibleCallers, possibleGroups } from "../../../lambda/callers/identities.ts";
import { matchesId } from "../../../lambda/shared/person-ids.ts";
import type { IdentitySettings } from "../../../lambda/shared/settings.ts";

const settings = (people: IdentitySettings["identities"]["iam"]["people"], groups: IdentitySettings["groups"]) => ({
  identities: { iam: { people } },
  groups,
});

describe("an id matches", () => {
  test.each([
    ["everything without a pattern", undefined, "alice", true],
    ["its own text", "alice", "alice", true],
    ["not another's", "alice", "alice2", false],
    ["by its end", "*@example.com", "alice@example.com", true],
    ["by its start", "ops-*", "ops-alice", true],
    ["by both", "a*e", "alice", true],
    ["not if both would overlap", "ali*lice", "alice", false],
    ["not as a regular expression", "a.ice", "alice", false],
  ] as const)("%s", (_, pattern, id, expected) => {
    expect(matchesId(pattern, id)).toBe(expected);
  });
});

describe("a caller with an id could be", () => {
  const known = settings([{ role: "111122223333/Engineer" }], {
    Engineer: ["iam:111122223333/Engineer"],
    Bots: ["iam:111122223333/ChatBot"],
  });
  const oidc = [
    {
      name: "ci",
      issuer: "https://ci.example.com",
      audience: "api",
      jwksUri: "https://ci.example.com/jwks",
      algorithm: "RS256" as const,
      machines: [{ name: "deploy", id: ["repo"], require: {}, groups: ["Bots"] }],
    },
  ];
  const both = { ...known, identities: { ...known.identities, oidc } };
  test.each<[sentence: string, id: string, expected: readonly object[]]>([
    ["nobody, if no source asserts it", "alice", []],
    ["nobody, if the role's callers are people", "111122223333/Engineer", []],
    ["nobody, if the account is none", "1111/ChatBot", []],
    ["nobody, if no issuer has the name", "other/deploy/web", []],
    ["nobody, if the issuer has no such mapping", "ci/test/web", []],
    ["the machine of a role, with its groups", "111122223333/ChatBot", [{ kind: "machine", groups: ["Bots"] }]],
    ["the machine of a role that has no group", "444455556666/ChatBot", [{ kind: "machine", groups: [] }]],
    ["the machine of an issuer's mapping", "ci/deploy/web", [{ kind: "machine", groups: ["Bots"] }]],
  ])("%s", (_, id, expected) => {
    const nobody = {
      ...both,
      identities: { ...both.identities, iam: { people: id === "alice" ? [] : both.identities.iam.people } },
    };
    expect(possibleCallers(nobody, id)).toEqual(expected.map((each) => expect.objectContaining({ id, ...each })));
  });

  test("a person with each set of groups", () => {
    expect(possibleCallers(known, "alice")).toMatchObject([{ id: "alice", kind: "person", groups: ["Engineer"] }]);
  });
});

describe("the groups that a person could come with", () => {
  const roles = {
    Engineer: ["iam:111122223333/Engineer"],
    OnCall: ["iam:111122223333/OnCall", "iam:444455556666/OnCall"],
    All: ["iam:111122223333/Engineer", "iam:111122223333/OnCall", "iam:444455556666/OnCall"],
    ChatBot: ["iam:111122223333/ChatBot"],
  };
  const people = ["111122223333/Engineer", "111122223333/OnCall", "444455556666/OnCall"].map((role) => ({ role }));

  test("are one set for each role of people, without repeats or machines' groups", () => {
    expect(possibleGroups(settings(people, roles), "alice")).toEqual([
      ["Engineer", "All"],
      ["OnCall", "All"],
    ]);
  });

  test("leave out roles that may not assert the id", () => {
    const narrowed = people.map((person, index) => (index === 0 ? { ...person, idPattern: "*@example.com" } : person));
    expect(possibleGroups(settings(narrowed, roles), "alice")).toEqual([["OnCall", "All"]]);
  });

  test("are none if no role may assert the id", () => {
    expect(possibleGroups(settings([], roles), "alice")).toEqual([]);
  });

  test("are an empty set under a role that makes no group", () => {
    expect(possibleGroups(settings(people.slice(0, 1), {}), "alice")).toEqual([[]]);
  });

  test("include those of one role among all that a pattern stands for", () => {
    const sso = "111122223333/AWSReservedSSO_Ops_";
    const groups = { Ops: [`iam:${sso}*`], First: [`iam:${sso}0123456789abcdef`] };
    const pattern = [{ role: `${sso}*`, acceptSsoPattern: true as const }];
    expect(possibleGroups(settings(pattern, groups), "alice")).toEqual([["Ops"], ["Ops", "First"]]);
  });

  const corp = {
    name: "corp",
    issuer: "https://login.example.com",
    audience: "api",
    jwksUri: "https://login.example.com/jwks",
    algorithm: "RS256" as const,
    people: { id: "sub", idPattern: "*@example.com", groups: "groups" },
  };
  const ofIssuer = (groups: IdentitySettings["groups"], id = "alice@example.com") =>
    possibleGroups({ identities: { iam: { people: [] }, oidc: [corp] }, groups }, id);

  test("are, by an issuer, every combination: policy may need two groups, and forbid a third", () => {
    const groups = { Engineer: ["corp:engineering"], OnCall: ["corp:on-call"], Intern: ["corp:interns"] };
    expect(ofIssuer({ ...groups, Bots: ["other:bots"] })).toEqual([
      [],
      ["Engineer"],
      ["OnCall"],
      ["Engineer", "OnCall"],
      ["Intern"],
      ["Engineer", "Intern"],
      ["OnCall", "Intern"],
      ["Engineer", "OnCall", "Intern"],
    ]);
    expect(ofIssuer(groups, "alice@example.org")).toEqual([]);
  });

  test("are, by an issuer, each once if several of its groups make the same", () => {
    const groups = { Engineer: ["corp:dev", "corp:qa"], Everybody: ["corp:dev", "corp:qa", "corp:sales"] };
    expect(ofIssuer(groups)).toEqual([[], ["Engineer", "Everybody"], ["Everybody"]]);
  });

  test("are, for policies that name two of many groups, the combinations of these", () => {
    const groups = Object.fromEntries(["A", "B", "C", "D", "E", "F", "G"].map((name) => [name, [`corp:${name}`]]));
    const known = { identities: { iam: { people: [] }, oidc: [corp] }, groups };
    const idPattern = "*@example.com";
    expect(peopleSources(known, new Set(["B", "F"]))).toEqual([
      { idPattern, groupSets: [[], ["B"], ["F"], ["B", "F"]], isComplete: true },
    ]);
    expect(peopleSources(known)).toMatchObject([{ idPattern, isComplete: false }]);
  });

  test("are all combinations of six groups of an issuer; of seven they are none, each alone, and all", () => {
    const names = ["A", "B", "C", "D", "E", "F", "G"];
    const groupsOf = (count: number) =>
      Object.fromEntries(names.slice(0, count).map((name) => [name, [`corp:${name}`]]));
    expect(ofIssuer(groupsOf(6))).toHaveLength(64);
    expect(ofIssuer(groupsOf(7))).toEqual([[], ...names.map((name) => [name]), names]);
  });
});
