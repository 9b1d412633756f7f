import { describe, expect, test } from "@jest/globals";
import { evaluateAccessRequest } from "../../../lambda/access/evaluate-access-request.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, peopleSources, web } from "../../support/samples.ts";

const policy = engineWith({
  asks: 'permit (principal, action in [Latchkey::Action::"request", Latchkey::Action::"view"], resource);',
  reviews: 'permit (principal in Latchkey::Group::"OnCall", action == Latchkey::Action::"review", resource);',
  enters: `permit (principal, action == Latchkey::Action::"connect", resource) when {
    context.connectionType == "serial" && context has access && context.access.reason != "" &&
    (context.access.breakGlass || context.access.approvals >= 2)
  };`,
});
const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
const requested = { instanceId: web.instanceId, durationSeconds: 3600, reason: "sshd does not start" };

const evaluated = (osUser: string, breakGlass: boolean, engine = policy) => {
  const proposed = { ...requested, caller: alice, subject: "alice", osUser, breakGlass };
  return evaluateAccessRequest(engine, proposed, {
    instance: web,
    scope: "instance",
    time,
    possibleGroups: () => [],
    peopleSources,
  });
};

describe.each([
  ["an access request", false, 2],
  ["break-glass", true, 0],
] as const)("if policy permits serial consoles only, %s", (_, breakGlass, approvals) => {
  test.each([
    ["a user of the instance", "ec2-user"],
    ["the user of another instance's console", `${database.instanceId}.port0`],
    ["the user of another port", `${web.instanceId}.port1`],
  ])("is refused to %s", async (_who, osUser) => {
    expect(await problemFrom(() => evaluated(osUser, breakGlass))).toMatchObject({ code: "access-denied" });
  });

  test("is permitted for the console's user", () => {
    expect(evaluated(`${web.instanceId}.port0`, breakGlass).requirements).toEqual({
      ...{ approvals, reason: true },
      ...(!breakGlass && { reviewers: [{ kind: "group", name: "OnCall" }] }),
    });
  });
});

test.each([
  ["an access request", false],
  ["break-glass", true],
])("%s is evaluated as access that expires after its duration", (_, breakGlass) => {
  const untilThen = engineWith({
    asks: 'permit (principal, action == Latchkey::Action::"request", resource);',
    enters: `permit (principal, action == Latchkey::Action::"connect", resource) when {
      context has access && context.access.expiresAt == ${time.epoch + requested.durationSeconds}
    };`,
  });
  expect(evaluated("ec2-user", breakGlass, untilThen).requirements).toEqual({ approvals: 0, reason: false });
});

test("policy bounds for whom a bot may ask", async () => {
  const bounded = engineWith({
    delegates: `permit (principal, action == Latchkey::Action::"delegate", resource) when { context.subject == "alice" };`,
    enters: 'permit (principal, action in [Latchkey::Action::"view", Latchkey::Action::"connect"], resource);',
  });
  const bot = { ...alice, id: "111122223333/ChatBot", kind: "machine" as const };
  const asked = (subject: string) => {
    const proposed = { ...requested, caller: bot, subject, osUser: "ec2-user", breakGlass: false };
    return evaluateAccessRequest(bounded, proposed, {
      instance: web,
      scope: "instance",
      time,
      possibleGroups: () => [[]],
      peopleSources,
    });
  };
  expect(await problemFrom(() => asked("bob"))).toMatchObject({ code: "access-denied" });
  expect(asked("alice").requirements).toEqual({ approvals: 0, reason: false });
});

describe("access that policy lets too few people approve", () => {
  const asks = 'permit (principal, action in [Latchkey::Action::"request", Latchkey::Action::"view"], resource);';
  const needing = (approvals: number) =>
    `permit (principal, action == Latchkey::Action::"connect", resource) when { context has access && context.access.approvals >= ${approvals} };`;
  const review = (condition: string, effect = "permit") =>
    `${effect} (principal, action == Latchkey::Action::"review", resource) when { ${condition} };`;
  const [byBob, byOnCall] = ['principal == Latchkey::Person::"bob"', 'principal in Latchkey::Group::"OnCall"'];
  const nobody = "nobody else may review it";

  test.each<[sentence: string, approvals: number, policies: Record<string, string>, detail: string]>([
    ["nobody", 1, {}, `Policy requires 1 approval, and ${nobody}. No other policy permits it.`],
    [
      "the caller",
      1,
      { a: review('principal == Latchkey::Person::"alice"') },
      `Policy requires 1 approval, and ${nobody}. No other policy permits it.`,
    ],
    [
      "one of two",
      2,
      { a: review(byBob) },
      "Policy requires 2 approvals, and only 1 other person may review it. No other policy permits it.",
    ],
    [
      "nobody in a freeze",
      1,
      { a: review(byOnCall), freeze: review("true", "forbid") },
      `Policy requires 1 approval, and ${nobody}. This policy forbids it to others: freeze.`,
    ],
  ])("is refused: %s", async (_, approvals, policies, detail) => {
    const engine = engineWith({ asks, enters: needing(approvals), ...policies });
    const problem = await problemFrom(() => evaluated("ec2-user", false, engine));
    expect(problem).toMatchObject({ code: "nobody-can-approve", detail, requirements: { approvals } });
  });

  test("is asked for if a group can approve it, and told who can", () => {
    const engine = engineWith({ asks, enters: needing(2), a: review(byOnCall) });
    const reviewers = [{ kind: "group", name: "OnCall" }];
    expect(evaluated("ec2-user", false, engine).requirements).toEqual({ approvals: 2, reason: false, reviewers });
  });
});
