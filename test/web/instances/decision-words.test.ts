import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../../sdk/types.ts";
import { shortVerdict, verdictOf } from "../../../web/instances/decision-words.ts";

const instance = { state: "stopped" };
const deny = (code: string, more: Partial<Decision> = {}): Decision => ({
  decision: "deny",
  code,
  policies: [],
  ...more,
});
const needs = (requirements: NonNullable<Decision["requirements"]>) => deny("approval-required", { requirements });
const route = { connectionType: "eice", host: "2001:db8::1", port: 22, endpointId: "eice-0123456789abcdef0" };

describe("nobody can connect, and nobody is told to ask, if", () => {
  test.each([
    ["no policy permits it", deny("access-denied"), "bad", "No policy permits it."],
    ["a policy forbids it", deny("access-denied", { policies: ["night"] }), "bad", "A policy forbids it: night."],
    ["policies forbid it", deny("access-denied", { policies: ["a", "b"] }), "bad", "Policies forbid it: a, b."],
    ["the caller is suspended", deny("caller-suspended"), "bad", "You are suspended."],
    ["the instance is stopped", deny("instance-not-running"), "waiting", "The instance is stopped."],
    ["there is no way", deny("no-route-to-instance"), "waiting", "connection options below"],
    ["there is no endpoint", deny("endpoint-unavailable"), "waiting", "connection options below"],
    ["it lacks the push tag", deny("not-covered-by-push-tag"), "waiting", "certain tag"],
    ["the code is new", deny("full-moon"), "bad", "full-moon"],
  ])("%s", (_, decision, tone, detail) => {
    const verdict = verdictOf(decision, instance, "auto");
    expect(verdict).toMatchObject({ tone, details: [expect.stringContaining(detail)] });
    expect(verdict.next).toBeUndefined();
  });
});

test("a serial console that is out of reach has reasons of its own", () => {
  expect(verdictOf(deny("no-route-to-instance"), instance, "serial").details[0]).toContain("serial consoles");
});

describe("one asks for access if policy requires", () => {
  test.each([
    ["approvals", { approvals: 2, reason: true }, "Needs approval", ["Policy requires 2 approvals and a reason."]],
    ["no approval", { approvals: 0, reason: false }, "Needs an access request", ["Policy requires an access request."]],
    [
      "the approval of somebody",
      { approvals: 1, reason: false, reviewers: [{ kind: "group", name: "OnCall" }] },
      "Needs approval",
      ["Policy requires 1 approval.", "Who can approve: anyone in OnCall."],
    ],
    [
      "the approval of nobody",
      { approvals: 1, reason: false, reviewers: [] },
      "Needs approval",
      ["Policy requires 1 approval.", "Who can approve: nobody."],
    ],
  ])("%s", (_, requirements, title, details) => {
    expect(verdictOf(needs(requirements), instance, "auto")).toEqual({ tone: "waiting", title, details, next: "ask" });
  });
});

test("an access request that needs a further approval, or has not started, is named", () => {
  const further = verdictOf(needs({ approvals: 1, reason: false, accessRequestId: "ar-1" }), instance, "auto");
  expect(further).toMatchObject({ accessRequestId: "ar-1" });
  expect(further.next).toBeUndefined();
  const scheduled = { accessRequestId: "ar-2", startsAt: "2026-03-01T18:00:00Z" };
  const later = verdictOf(needs({ approvals: 1, reason: false, scheduled }), instance, "auto");
  expect(later).toMatchObject({ title: "Approved, but access has not started", accessRequestId: "ar-2" });
});

describe("one connects", () => {
  test("by the route that was found", () => {
    const decision: Decision = { decision: "allow", policies: ["dev"], resolved: route, accessRequestId: "ar-1" };
    expect(verdictOf(decision, instance, "auto")).toEqual({
      tone: "good",
      title: "Allowed",
      details: ["Route: [2001:db8::1]:22, through eice-0123456789abcdef0."],
      next: "connect",
      accessRequestId: "ar-1",
    });
  });
  test("warned, if the login may fail", () => {
    const warnings = [{ code: "windows", message: "The instance runs Windows." }];
    expect(verdictOf({ decision: "allow", policies: [], warnings }, instance, "auto")).toMatchObject({
      tone: "waiting",
      details: ["The instance runs Windows."],
      next: "connect",
    });
  });
});

test("in a list a decision is a word or two", () => {
  const decisions = [
    { decision: "allow", policies: [] },
    ...["approval-required", "access-denied", "caller-suspended", "no-route-to-instance"].map((code) => deny(code)),
  ];
  expect(decisions.map((decision) => shortVerdict(decision).title)).toEqual([
    "Allowed",
    "Needs approval",
    "Denied",
    "Denied",
    "Out of reach",
  ]);
});
