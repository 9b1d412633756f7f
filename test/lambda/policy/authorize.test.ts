import { describe, expect, test } from "@jest/globals";
import type { Instance } from "../../../lambda/connect/instance.ts";
import type { Caller } from "../../../lambda/contract/caller.ts";
import { type ConnectContext, mayConnect, mayView } from "../../../lambda/policy/authorize.ts";
import type { PolicyEngine, PolicyQuestion } from "../../../lambda/policy/engine.ts";
import { engineWith } from "../../support/policy-engine.ts";

const alice: Caller = { id: "alice", kind: "person", groups: ["111122223333/Engineer"], frontDoor: "iam" };
const engineerBot: Caller = { ...alice, id: "111122223333/Engineer", kind: "machine" };
const stranger: Caller = { ...alice, groups: ["444455556666/Engineer"] };
const web: Instance = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "us-east-1a",
  state: "running",
  tags: { env: "dev" },
  addresses: [],
};
const context: ConnectContext = {
  osUser: "ec2-user",
  connectionType: "direct",
  address: "203.0.113.10",
  time: { epoch: 1_767_323_045, hour: 3, weekday: 5 },
};

/** Whether one policy, which permits under this condition alone, permits the connection. */
const connects = (condition: string, caller = alice, instance = web, asked = context) =>
  mayConnect(
    engineWith({ only: `permit (principal, action, resource) when { ${condition} };` }),
    caller,
    instance,
    asked,
  ).allowed;

describe("view", () => {
  const everybody = engineWith({ all: "permit (principal, action, resource);" });

  test("an absent instance is not seen, even where everything is permitted", () => {
    expect(mayView(everybody, alice, undefined)).toBe(false);
  });

  test("policy is asked about an absent one too, so that both answers take the same time", () => {
    const questions: PolicyQuestion[] = [];
    const engine: PolicyEngine = {
      digest: "",
      decide: (question) => {
        questions.push(question);
        return { allowed: false, policies: [] };
      },
    };
    mayView(engine, alice, undefined);
    mayView(engine, alice, web);
    expect(questions.map(({ action }) => action)).toEqual(["view", "view"]);
  });

  test("one that policy does not permit is not seen", () => {
    expect(mayView(engineWith({}), alice, web)).toBe(false);
  });

  test("one that policy permits is seen", () => {
    expect(mayView(everybody, alice, web)).toBe(true);
  });

  test("what permits a view permits no connection", () => {
    const engine = engineWith({ look: 'permit (principal, action == Latchkey::Action::"view", resource);' });
    expect(mayConnect(engine, alice, web, context)).toEqual({ allowed: false, policies: [] });
  });
});

describe("who asks", () => {
  const person = "principal is Latchkey::Person";
  const group = 'principal in Latchkey::Group::"111122223333/Engineer"';
  test.each<[sentence: string, allowed: boolean, condition: string, caller: Caller]>([
    ["a machine is no person, though its role is the same", false, person, engineerBot],
    ["a person is no machine", false, "principal is Latchkey::Machine", alice],
    ["a machine's id is not a person's", false, 'principal == Latchkey::Person::"111122223333/Engineer"', engineerBot],
    ["a role of the same name in another account is another group", false, group, stranger],
    ["a caller is in no group but its own", false, 'principal in Latchkey::Group::"111122223333/OnCall"', alice],
    ["a person is a person", true, person, alice],
    ["a person has the session's name", true, 'principal == Latchkey::Person::"alice"', alice],
    ["a machine is a machine", true, 'principal == Latchkey::Machine::"111122223333/Engineer"', engineerBot],
    ["a caller is in its group", true, group, alice],
  ])("%s", (_, allowed, condition, caller) => {
    expect(connects(condition, caller)).toBe(allowed);
  });
});

describe("what policy knows of a connection", () => {
  const { address: _, ...unresolved } = context;
  test.each<[sentence: string, condition: string, instance?: Instance, asked?: ConnectContext]>([
    ["the instance", 'resource == Latchkey::Instance::"i-0123456789abcdef0"'],
    ["its account and region", 'resource.account == "111122223333" && resource.region == "us-east-1"'],
    ["its tags", 'resource.getTag("env") == "dev"'],
    ["its VPC", 'resource.vpc == "vpc-1"', { ...web, vpcId: "vpc-1" }],
    ["that it is in none", "!(resource has vpc)"],
    ["the OS user", 'context.osUser == "ec2-user"'],
    ["what it resolved to", 'context.connectionType == "direct" && context.address == "203.0.113.10"'],
    ["that it resolved to nothing", "!(context has address)", web, unresolved],
    ["the time", "context.time.epoch == 1767323045 && context.time.hour == 3 && context.time.weekday == 5"],
    ["that no access request is active", "!(context has access)"],
  ])("%s", (_, condition, ...[instance, asked]) => {
    expect(connects(condition, alice, instance, asked)).toBe(true);
    expect(connects(`!(${condition})`, alice, instance, asked)).toBe(false);
  });
});
