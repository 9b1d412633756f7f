import { describe, expect, test } from "@jest/globals";
import { callerOf } from "../../../lambda/callers/iam.ts";
import type { IdentitySettings } from "../../../lambda/shared/settings.ts";
import { problemFrom } from "../../support/problems.ts";

const sso = "AWSReservedSSO_Ops_0123456789abcdef";
const settings: IdentitySettings = {
  identities: {
    iam: {
      people: [
        { role: "111122223333/Engineer" },
        { role: `111122223333/${sso}` },
        { role: "111122223333/Contractor", idPattern: "*@contractor.example" },
        { role: "111122223333/AWSReservedSSO_Dev_*", acceptSsoPattern: true },
      ],
    },
  },
  groups: {
    Engineer: ["iam:111122223333/Engineer"],
    Ops: ["iam:111122223333/Engineer", `iam:111122223333/${sso}`],
    Dev: ["iam:111122223333/AWSReservedSSO_Dev_*"],
    ChatBot: ["iam:111122223333/ChatBot"],
  },
};
const session = (rest: string, partition = "aws") => `arn:${partition}:sts::111122223333:assumed-role/${rest}`;
const callerBehind = (userArn: string | null) => callerOf(settings, { userArn });

describe("a caller that has not assumed a role is denied", () => {
  test.each([
    ["nobody", null],
    ["an empty ARN", ""],
    ["an IAM user", "arn:aws:iam::111122223333:user/alice"],
    ["the root of an account", "arn:aws:iam::111122223333:root"],
    ["a federated user", "arn:aws:sts::111122223333:federated-user/alice"],
    ["a federated user with a path", "arn:aws:sts::111122223333:federated-user/Engineer/alice"],
    ["a role itself", "arn:aws:iam::111122223333:role/Engineer"],
    ["a session of another service", "arn:aws:iam::111122223333:assumed-role/Engineer/alice"],
    ["a partition that is not AWS's", session("Engineer/alice", "azure")],
    ["an account of eleven digits", "arn:aws:sts::11112222333:assumed-role/Engineer/alice"],
    ["no account", "arn:aws:sts:::assumed-role/Engineer/alice"],
    ["no session name", session("Engineer")],
    ["an empty session name", session("Engineer/")],
    ["a session name of one character", session("Engineer/a")],
    ["a session name of 65 characters", session(`Engineer/${"a".repeat(65)}`)],
    ["a session name with a slash", session("Engineer/alice/bob")],
    ["a session name with a letter beyond ASCII", session("Engineer/alicé")],
    ["an empty role", session("/alice")],
    ["a role name of 65 characters", session(`${"R".repeat(65)}/alice`)],
    ["a line break behind", `${session("Engineer/alice")}\n`],
    ["something before", ` ${session("Engineer/alice")}`],
  ])("%s", async (_, userArn) => {
    expect(await problemFrom(() => callerBehind(userArn))).toMatchObject({
      code: "access-denied",
      detail: "Latchkey takes callers that have assumed an IAM role, and no others.",
    });
  });
});

describe("a session name that is not a person's id is refused, and never echoed", () => {
  test.each([
    ["Latchkey's own name", "latchkey"],
    ["Latchkey's own name in capitals", "Latchkey"],
    ["an underscore first", "_alice"],
    ["a dot first", ".alice"],
    ["an at sign first", "@alice"],
  ])("%s", async (_, name) => {
    const problem = await problemFrom(() => callerBehind(session(`Engineer/${name}`)));
    expect(problem).toMatchObject({ code: "access-denied", detail: expect.stringContaining("is not a person's id") });
    expect(problem.detail).not.toContain(`${name} `);
  });

  test("a machine's session name is no id", () => {
    expect(callerBehind(session("ChatBot/latchkey"))).toMatchObject({ kind: "machine", id: "111122223333/ChatBot" });
  });
});

describe("a role asserts only the ids of its pattern", () => {
  test.each([
    ["an id outside it", "alice"],
    ["an id that ends a letter short", "eve@contractor.exampl"],
    ["an id that goes on after it", "eve@contractor.example.com"],
  ])("refused: %s", async (_, name) => {
    expect(await problemFrom(() => callerBehind(session(`Contractor/${name}`)))).toMatchObject({
      code: "access-denied",
      detail: "The role may not assert this id: the setting idPattern says which ids it may.",
    });
  });

  test("taken: an id that matches in lower case", () => {
    expect(callerBehind(session("Contractor/Eve@Contractor.Example"))).toMatchObject({
      id: "eve@contractor.example",
      kind: "person",
    });
  });
});

describe("a session name that its holder could choose never makes a person", () => {
  test.each([
    ["of a role that is not listed", session("ChatBot/alice"), "111122223333/ChatBot", ["ChatBot"]],
    [
      "of the listed role's namesake in another account",
      "arn:aws:sts::444455556666:assumed-role/Engineer/alice",
      "444455556666/Engineer",
      [],
    ],
    ["of a role whose name differs in case", session("engineer/alice"), "111122223333/engineer", []],
    ["of a role whose name begins like a listed one", session("Engineers/alice"), "111122223333/Engineers", []],
    [
      "of a role of Identity Center with other digits",
      session("AWSReservedSSO_Ops_0123456789abcdee/alice"),
      "111122223333/AWSReservedSSO_Ops_0123456789abcdee",
      [],
    ],
    [
      "of a role that a pattern's * does not stand for",
      session("AWSReservedSSO_Dev_x0123456789abcdef/alice"),
      "111122223333/AWSReservedSSO_Dev_x0123456789abcdef",
      [],
    ],
  ])("%s", (_, userArn, role, groups) => {
    expect(callerBehind(userArn)).toEqual({
      id: role,
      kind: "machine",
      groups,
      frontDoor: "iam",
      sources: [`iam:${role}`],
    });
  });

  test("if no role is listed, every caller is a machine", () => {
    const nobody = { identities: { iam: { people: [] } }, groups: {} };
    expect(callerOf(nobody, { userArn: session("Engineer/alice") })).toMatchObject({ kind: "machine" });
  });

  test("a comma in a listed role's name does not list its parts", () => {
    const people = [{ role: "111122223333/Deploy,Prod" }];
    const own = { identities: { iam: { people } }, groups: {} };
    for (const role of ["Deploy", "Prod"]) {
      expect(callerOf(own, { userArn: session(`${role}/alice`) })).toMatchObject({ kind: "machine" });
    }
    expect(callerOf(own, { userArn: session("Deploy,Prod/alice") })).toMatchObject({ kind: "person" });
  });
});

describe("under a listed role the session name in lower case is the person", () => {
  test.each([
    ["in AWS's own partition", session("Engineer/alice"), "alice", "Engineer", ["Engineer", "Ops"]],
    ["in China", session("Engineer/alice", "aws-cn"), "alice", "Engineer", ["Engineer", "Ops"]],
    ["in GovCloud", session("Engineer/alice", "aws-us-gov"), "alice", "Engineer", ["Engineer", "Ops"]],
    [
      "of IAM Identity Center, with an address for a name",
      session(`${sso}/Ada.Lovelace+ops@Example.com`),
      "ada.lovelace+ops@example.com",
      sso,
      ["Ops"],
    ],
    [
      "of IAM Identity Center, listed without its digits",
      session("AWSReservedSSO_Dev_0123456789abcdef/alice"),
      "alice",
      "AWSReservedSSO_Dev_0123456789abcdef",
      ["Dev"],
    ],
    ["with two characters", session("Engineer/al"), "al", "Engineer", ["Engineer", "Ops"]],
    ["with 64 characters", session(`Engineer/${"a".repeat(64)}`), "a".repeat(64), "Engineer", ["Engineer", "Ops"]],
  ])("%s", (_, userArn, id, role, groups) => {
    const sources = [`iam:111122223333/${role}`];
    expect(callerBehind(userArn)).toEqual({ id, kind: "person", groups, frontDoor: "iam", sources });
  });

  test("it is the same person under another listed role", () => {
    const [one, other] = ["Engineer/Alice", `${sso}/alice`].map((it) => callerBehind(session(it)));
    expect(one?.id).toBe(other?.id);
    expect(one?.groups).not.toEqual(other?.groups);
  });
});
