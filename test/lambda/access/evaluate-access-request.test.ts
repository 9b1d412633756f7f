import { describe, expect, test } from "@jest/globals";
import { evaluateAccessRequest } from "../../../lambda/access/evaluate-access-request.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, web } from "../../support/samples.ts";

const policy = engineWith({
  asks: 'permit (principal, action == Latchkey::Action::"request", resource);',
  enters: `permit (principal, action == Latchkey::Action::"connect", resource) when {
    context.connectionType == "serial" && context has access && context.access.reason != "" &&
    (context.access.breakGlass || context.access.approvals >= 2)
  };`,
});
const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
const requested = { instanceId: web.instanceId, durationSeconds: 3600, reason: "sshd does not start" };

const evaluated = (osUser: string, breakGlass: boolean, engine = policy) => {
  const proposed = { ...requested, caller: alice, subject: "alice", osUser, breakGlass };
  return evaluateAccessRequest(engine, proposed, { instance: web, scope: "instance", time, possibleGroups: () => [] });
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
    expect(evaluated(`${web.instanceId}.port0`, breakGlass).requirements).toEqual({ approvals, reason: true });
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
    });
  };
  expect(await problemFrom(() => asked("bob"))).toMatchObject({ code: "access-denied" });
  expect(asked("alice").requirements).toEqual({ approvals: 0, reason: false });
});
