import { describe, expect, test } from "@jest/globals";
import { callerOf } from "../../../lambda/callers/iam.ts";
import { problemFrom } from "../../support/problems.ts";

const personRoles: ReadonlySet<string> = new Set(["111122223333/Engineer", "111122223333/AWSReservedSSO_Ops_0a1b2c3d"]);
const session = (rest: string, partition = "aws") => `arn:${partition}:sts::111122223333:assumed-role/${rest}`;
const callerBehind = (userArn: string | null) => callerOf({ userArn }, personRoles);

describe("whoever has not assumed a role is denied", () => {
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

test("nobody is called what the trail calls Latchkey itself, but for a machine, whose session name is no id", async () => {
  expect(await problemFrom(() => callerBehind(session("Engineer/latchkey")))).toMatchObject({ code: "access-denied" });
  expect(callerBehind(session("ChatBot/latchkey"))).toMatchObject({ kind: "machine", id: "111122223333/ChatBot" });
});

describe("a session name that its holder could choose never makes a person", () => {
  test.each([
    ["of a role that is not listed", session("ChatBot/alice"), "111122223333/ChatBot"],
    [
      "of the listed role's namesake in another account",
      "arn:aws:sts::444455556666:assumed-role/Engineer/alice",
      "444455556666/Engineer",
    ],
    ["of a role whose name differs in case", session("engineer/alice"), "111122223333/engineer"],
    ["of a role whose name begins like a listed one", session("Engineers/alice"), "111122223333/Engineers"],
  ])("%s", (_, userArn, group) => {
    expect(callerBehind(userArn)).toEqual({ id: group, kind: "machine", groups: [group], frontDoor: "iam" });
  });

  test("where no role is listed, everybody is a machine", () => {
    expect(callerOf({ userArn: session("Engineer/alice") }, new Set())).toMatchObject({ kind: "machine" });
  });
});

describe("under a listed role the session name is the person", () => {
  test.each([
    ["in AWS's own partition", session("Engineer/alice"), "alice", "111122223333/Engineer"],
    ["in China", session("Engineer/alice", "aws-cn"), "alice", "111122223333/Engineer"],
    ["in GovCloud", session("Engineer/alice", "aws-us-gov"), "alice", "111122223333/Engineer"],
    [
      "of IAM Identity Center, with an address for a name",
      session("AWSReservedSSO_Ops_0a1b2c3d/ada.lovelace+ops@example.com"),
      "ada.lovelace+ops@example.com",
      "111122223333/AWSReservedSSO_Ops_0a1b2c3d",
    ],
    ["with two characters", session("Engineer/al"), "al", "111122223333/Engineer"],
    ["with 64 characters", session(`Engineer/${"a".repeat(64)}`), "a".repeat(64), "111122223333/Engineer"],
  ])("%s", (_, userArn, id, group) => {
    expect(callerBehind(userArn)).toEqual({ id, kind: "person", groups: [group], frontDoor: "iam" });
  });

  test("it is the same person under another listed role", () => {
    const [one, other] = ["Engineer/alice", "AWSReservedSSO_Ops_0a1b2c3d/alice"].map((it) => callerBehind(session(it)));
    expect(one?.id).toBe(other?.id);
    expect(one?.groups).not.toEqual(other?.groups);
  });
});
