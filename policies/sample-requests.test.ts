import { describe, expect, test } from "@jest/globals";
import type { Bounds } from "../lambda/policy/bounds.ts";
import {
  boundsOf,
  delegate,
  type Env,
  environments,
  everybody,
  type OsUser,
  osUsers,
  request,
  see,
  suspends,
  verdictOn,
  type Who,
} from "../test/support/sample-questions.ts";

const [usually, inAnEmergency] = ["usually", "in an emergency"] as const;
type When = typeof usually | typeof inAnEmergency;
const whenever = [usually, inAnEmergency] as const;
const nothing = { allowed: false, policies: [] };

describe("nobody", () => {
  const hidden = [
    ["restricted", "restricted-hidden"],
    ["none", "unlabelled-hidden"],
  ] as const;

  test.each(hidden)("does anything about access to an instance with env=%s, because of %s", (env, policy) => {
    const refused = { allowed: false, policies: [policy] };
    for (const who of everybody) {
      expect(see(who, env, "readAudit")).toEqual(refused);
      expect(see(who, env, "manageHostKeys")).toEqual(refused);
      for (const osUser of osUsers) {
        expect(delegate(who, osUser, env)).toEqual(refused);
        for (const breakGlass of [false, true]) {
          expect(request(who, osUser, env, breakGlass)).toEqual(refused);
          expect(verdictOn(who, "review", osUser, env, breakGlass)).toEqual(refused);
          expect(verdictOn(who, "revoke", osUser, env, breakGlass)).toEqual(refused);
        }
      }
    }
  });
});

describe("request", () => {
  test.each<[Who, OsUser, Env, When]>([
    ["carol", "ec2-user", "dev", usually],
    ["carol", "ec2-user", "prod", usually],
    ["chatbot", "ec2-user", "dev", usually],
    ["a machine of alice's role", "ec2-user", "prod", usually],
    ["an Engineer of another account", "ec2-user", "prod", usually],
    ["alice", "ec2-user", "staging", usually],
    ["alice", "ec2-user", "Prod", usually],
    ["alice", "ec2-user", "prod", inAnEmergency],
    ["alice", "ec2-user", "dev", inAnEmergency],
    ["bob", "root", "prod", inAnEmergency],
    ["bob", "ec2-user", "dev", inAnEmergency],
    ["a machine of bob's role", "ec2-user", "prod", inAnEmergency],
    ["an OnCall of another account", "ec2-user", "prod", inAnEmergency],
  ])("%s may not request access as %s to env=%s %s", (who, osUser, env, when) => {
    expect(request(who, osUser, env, when === inAnEmergency)).toEqual(nothing);
  });

  const permitted: [Who, OsUser, Env, When, policy: string][] = [
    ...(["alice", "bob"] as const).flatMap((who) =>
      osUsers.flatMap((osUser): [Who, OsUser, Env, When, string][] => [
        [who, osUser, "dev", usually, "dev-request"],
        [who, osUser, "prod", usually, "prod-request"],
      ]),
    ),
    ["bob", "ec2-user", "prod", inAnEmergency, "prod-request-break-glass"],
  ];

  test("a caller not named below may request nothing", () => {
    const named = new Set(permitted.map((row) => row.slice(0, 4).join()));
    for (const who of everybody)
      for (const osUser of osUsers)
        for (const env of environments)
          for (const when of whenever) {
            const what = [who, osUser, env, when].join();
            expect([what, request(who, osUser, env, when === inAnEmergency).allowed]).toEqual([what, named.has(what)]);
          }
  });

  test.each(permitted)("%s may request access as %s to env=%s %s by %s", (who, osUser, env, when, policy) => {
    expect(request(who, osUser, env, when === inAnEmergency)).toEqual({ allowed: true, policies: [policy] });
  });
});

describe("delegate", () => {
  test.each<[Who, Env]>([
    ["alice", "dev"],
    ["bob", "prod"],
    ["a person of chatbot's role", "dev"],
    ["a machine of bob's role", "prod"],
    ["a ChatBot of another account", "dev"],
    ["chatbot", "staging"],
  ])("%s may not request access for others on env=%s", (who, env) => {
    for (const osUser of osUsers) expect(delegate(who, osUser, env)).toEqual(nothing);
  });

  test.each([
    ["dev", "dev-delegate"],
    ["prod", "prod-delegate"],
  ] as const)("chatbot, and nobody else, asks for others on env=%s by %s", (env, policy) => {
    for (const who of everybody)
      for (const osUser of osUsers) {
        const verdict = delegate(who, osUser, env);
        expect([who, verdict]).toEqual([who, who === "chatbot" ? { allowed: true, policies: [policy] } : nothing]);
      }
  });

  test("nobody may in another environment", () => {
    for (const who of everybody)
      for (const osUser of osUsers)
        for (const env of ["staging", "Prod"] as const) expect(delegate(who, osUser, env)).toEqual(nothing);
  });
});

describe.each(["review", "revoke"] as const)("%s", (action) => {
  test.each<[Who, Env]>([
    ["alice", "dev"],
    ["alice", "prod"],
    ["carol", "prod"],
    ["chatbot", "prod"],
    ["a machine of bob's role", "prod"],
    ["an OnCall of another account", "prod"],
    ["bob", "staging"],
  ])("%s may not for env=%s", (who, env) => {
    for (const osUser of osUsers)
      for (const breakGlass of [false, true]) expect(verdictOn(who, action, osUser, env, breakGlass)).toEqual(nothing);
  });

  test.each(environments)("only bob may for env=%s, if anybody may", (env) => {
    const permits = env === "dev" || env === "prod";
    for (const who of everybody)
      for (const osUser of osUsers)
        for (const breakGlass of [false, true]) {
          const { allowed, policies } = verdictOn(who, action, osUser, env, breakGlass);
          expect([who, allowed]).toEqual([who, permits && who === "bob"]);
          if (allowed) expect(policies).toEqual([`${env}-review`]);
        }
  });
});

describe("manageHostKeys", () => {
  test.each<[Who, Env]>([
    ["alice", "dev"],
    ["alice", "prod"],
    ["carol", "dev"],
    ["chatbot", "dev"],
    ["a machine of bob's role", "dev"],
    ["an OnCall of another account", "prod"],
    ["bob", "staging"],
  ])("%s may not register host keys on env=%s", (who, env) => {
    expect(see(who, env, "manageHostKeys")).toEqual(nothing);
  });

  test.each(environments)("only bob may register host keys on env=%s, if anybody may", (env) => {
    const permits = env === "dev" || env === "prod";
    for (const who of everybody) {
      const { allowed, policies } = see(who, env, "manageHostKeys");
      expect([who, allowed]).toEqual([who, permits && who === "bob"]);
      if (allowed) expect(policies).toEqual([`${env}-host-keys`]);
    }
  });
});

test.each([
  ["suspend", false],
  ["restore", true],
] as const)("only bob may %s anybody", (_, restore) => {
  // A namesake of bob is bob, and nobody suspends themselves.
  const others = everybody.filter((each) => each !== "an OnCall of another account");
  for (const who of everybody)
    for (const other of others.filter((each) => each !== who)) {
      const permitted = { allowed: true, policies: ["suspend"] };
      expect([who, other, suspends(who, other, restore)]).toEqual([who, other, who === "bob" ? permitted : nothing]);
    }
});

describe("bounds", () => {
  const hour = 3600;
  const bounds = (hours: number): Bounds => ({
    maxDurationSeconds: hours * hour,
    maxTotalSeconds: 2 * hours * hour,
    pendingTimeoutSeconds: hour,
  });
  test.each<[sentence: string, policies: readonly string[], Bounds]>([
    ["a request for dev: twelve hours", request("alice", "ec2-user", "dev", false).policies, bounds(12)],
    ["a delegated one for dev: twelve hours", delegate("chatbot", "ec2-user", "dev").policies, bounds(12)],
    ["a request for prod: eight hours", request("alice", "root", "prod", false).policies, bounds(8)],
    ["a delegated one for prod: eight hours", delegate("chatbot", "root", "prod").policies, bounds(8)],
    [
      "an emergency on prod: one hour, and a word for the reason",
      request("bob", "ec2-user", "prod", true).policies,
      { ...bounds(1), minReasonLength: 5 },
    ],
  ])("%s", (_, policies, expected) => {
    expect(boundsOf(policies)).toEqual(expected);
  });
});
