import { describe, expect, test } from "@jest/globals";
import {
  type Access,
  connect,
  connectSerially,
  type Env,
  environments,
  everyAccess,
  everybody,
  type OsUser,
  osUsers,
  see,
  seePlatform,
  type Who,
} from "../test/support/sample-questions.ts";

describe("nobody", () => {
  test("sees an instance of Windows, because of windows-hidden", () => {
    expect(seePlatform("windows")).toEqual({ allowed: false, policies: ["windows-hidden"] });
    expect(seePlatform("")).toEqual({ allowed: true, policies: ["dev-view"] });
  });

  const hidden = [
    ["restricted", "restricted-hidden"],
    ["none", "unlabelled-hidden"],
  ] as const;

  test.each(hidden)("sees an instance with env=%s, because of %s", (env, policy) => {
    for (const who of everybody) expect(see(who, env)).toEqual({ allowed: false, policies: [policy] });
  });

  test.each(hidden)("connects to an instance with env=%s under any access request, because of %s", (env, policy) => {
    for (const who of everybody)
      for (const osUser of osUsers)
        for (const access of everyAccess) {
          expect(connect(who, osUser, env, access)).toEqual({ allowed: false, policies: [policy] });
        }
  });
});

/** The callers that see something, and the deciding policy. */
const seen: readonly (readonly [Who, Env, policy: string])[] = [
  ["alice", "dev", "dev-view"],
  ["bob", "dev", "dev-view"],
  ["chatbot", "dev", "dev-view"],
  ["a machine of alice's role", "dev", "dev-view"],
  ["a machine of bob's role", "dev", "dev-view"],
  ["a person of chatbot's role", "dev", "dev-view"],
  ["alice", "prod", "prod-view"],
  ["bob", "prod", "prod-view"],
  ["chatbot", "prod", "prod-view"],
  ["a machine of alice's role", "prod", "prod-view"],
  ["a machine of bob's role", "prod", "prod-view"],
  ["a person of chatbot's role", "prod", "prod-view"],
];

const [approved, breakGlass] = ["prod-connect-with-approval", "prod-connect-break-glass"];

/** The callers that connect to prod, and the deciding policy. */
const prod: readonly (readonly [Who, OsUser, Access, policy: string])[] = [
  ["alice", "ec2-user", "1 approval", approved],
  ["alice", "ec2-user", "2 approvals", approved],
  ["alice", "root", "2 approvals", approved],
  ["bob", "ec2-user", "1 approval", approved],
  ["bob", "ec2-user", "2 approvals", approved],
  ["bob", "root", "2 approvals", approved],
  ["bob", "ec2-user", "break-glass", breakGlass],
];

/** Callers that do not, if they are worth a sentence. */
const refused: readonly (readonly [Who, OsUser, Env, Access])[] = [
  ["carol", "ec2-user", "dev", "no access"],
  ["chatbot", "ec2-user", "dev", "no access"],
  ["a machine of alice's role", "ec2-user", "dev", "no access"],
  ["an Engineer of another account", "ec2-user", "dev", "no access"],
  ["alice", "root", "dev", "no access"],
  ["alice", "root", "dev", "2 approvals"],
  ["bob", "root", "dev", "break-glass"],
  ["alice", "ec2-user", "prod", "no access"],
  ["alice", "ec2-user", "prod", "no approval"],
  ["alice", "root", "prod", "1 approval"],
  ["alice", "ubuntu", "prod", "2 approvals"],
  ["alice", "ec2-user", "prod", "2 approvals, no reason"],
  ["alice", "ec2-user", "prod", "break-glass"],
  ["bob", "ec2-user", "prod", "no access"],
  ["bob", "root", "prod", "break-glass"],
  ["bob", "ec2-user", "prod", "break-glass, no reason"],
  ["a machine of bob's role", "ec2-user", "prod", "break-glass"],
  ["chatbot", "ec2-user", "prod", "2 approvals"],
  ["chatbot", "ec2-user", "prod", "break-glass"],
  ["carol", "ec2-user", "prod", "2 approvals"],
  ["an OnCall of another account", "ec2-user", "prod", "break-glass"],
  ["an Engineer of another account", "ec2-user", "prod", "2 approvals"],
  ["alice", "ec2-user", "staging", "2 approvals"],
  ["alice", "ec2-user", "Prod", "2 approvals"],
];

describe.each([
  ["sees", "view"],
  ["reads the audit of", "readAudit"],
] as const)("a caller that %s an instance", (does, action) => {
  test("is named below", () => {
    const named = new Set(seen.map(([who, env]) => `${who} ${env}`));
    for (const who of everybody)
      for (const env of environments)
        expect([who, env, see(who, env, action).allowed]).toEqual([who, env, named.has(`${who} ${env}`)]);
  });

  test.each(seen)(`%s ${does} env=%s by %s`, (who, env, policy) => {
    expect(see(who, env, action)).toEqual({ allowed: true, policies: [policy] });
  });
});

describe("connect", () => {
  test.each(refused)("%s does not connect as %s to env=%s with %s", (who, osUser, env, access) => {
    expect(connect(who, osUser, env, access)).toEqual({ allowed: false, policies: [] });
  });

  const persons = ["alice", "bob"] as const;
  const devUsers = ["ec2-user", "ubuntu", "admin"] as const;
  const dev = persons.flatMap((who) =>
    devUsers.flatMap((osUser) => everyAccess.map((access) => [who, osUser, access, "dev-connect"] as const)),
  );

  test("a caller not named below connects to nothing", () => {
    const named = new Set([
      ...dev.map(([who, osUser, access]) => [who, osUser, "dev", access].join()),
      ...prod.map(([who, osUser, access]) => [who, osUser, "prod", access].join()),
    ]);
    for (const who of everybody)
      for (const osUser of osUsers)
        for (const env of environments)
          for (const access of everyAccess) {
            const what = [who, osUser, env, access].join();
            expect([what, connect(who, osUser, env, access).allowed]).toEqual([what, named.has(what)]);
          }
  });

  test.each(dev)("%s connects as %s to env=dev with %s by %s", (who, osUser, access, policy) => {
    expect(connect(who, osUser, "dev", access)).toEqual({ allowed: true, policies: [policy] });
  });

  test.each(prod)("%s connects as %s to env=prod with %s by %s", (who, osUser, access, policy) => {
    expect(connect(who, osUser, "prod", access)).toEqual({ allowed: true, policies: [policy] });
  });
});

describe("one's own OS user", () => {
  test.each<[Who, OsUser, Env]>([
    ["bob", "bob", "dev"],
    ["bob of example.org", "bob", "dev"],
    ["a guest bob of example.com", "bob", "dev"],
    ["bob of example.com", "root", "dev"],
    ["root of example.com", "root", "dev"],
    ["bob of example.com", "bob", "prod"],
  ])("%s does not connect as %s to env=%s", (who, osUser, env) => {
    expect(connect(who, osUser, env, "no access")).toEqual({ allowed: false, policies: [] });
  });

  test("bob of example.com connects as bob to env=dev", () => {
    expect(connect("bob of example.com", "bob", "dev", "no access")).toEqual({
      allowed: true,
      policies: ["dev-connect-as-own-user"],
    });
  });
});

describe("the serial console", () => {
  test.each<[Who, Env, Access]>([
    ["alice", "dev", "no access"],
    ["alice", "dev", "2 approvals"],
    ["bob", "prod", "no access"],
    ["bob", "prod", "2 approvals"],
    ["bob", "prod", "break-glass"],
    ["bob", "staging", "2 approvals"],
    ["carol", "dev", "2 approvals"],
    ["chatbot", "dev", "2 approvals"],
    ["a machine of bob's role", "dev", "2 approvals"],
    ["an OnCall of another account", "dev", "2 approvals"],
  ])("%s does not connect to that of env=%s with %s", (who, env, access) => {
    expect(connectSerially(who, env, access)).toEqual({ allowed: false, policies: ["serial-forbidden"] });
  });

  test("only bob connects to one, and only in dev", () => {
    for (const who of everybody)
      for (const env of environments)
        for (const access of everyAccess) {
          const what = [who, env, access].join();
          const { allowed, policies } = connectSerially(who, env, access);
          expect([what, allowed]).toEqual([what, who === "bob" && env === "dev"]);
          if (allowed) expect(policies).toEqual(["serial-connect"]);
        }
  });
});
