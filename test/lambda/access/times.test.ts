import { describe, expect, test } from "@jest/globals";
import { accessRequestBody } from "../../../contract/access-request.ts";
import { showDuration } from "../../../contract/duration.ts";
import { evaluateAccessRequest } from "../../../lambda/access/evaluate-access-request.ts";
import { accessRequestResponse } from "../../../lambda/access/response.ts";
import { statusAt } from "../../../lambda/access/status.ts";
import { cancel, create, expire, review, revoke } from "../../../lambda/access/transitions.ts";
import type { Bounds } from "../../../lambda/policy/bounds.ts";
import { act, createdAt, later, sample, taken } from "../../support/access-requests.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, place, web } from "../../support/samples.ts";

const body = { instanceId: web.instanceId, osUser: "root", reason: "INC-42" };
const { instanceId, ...asked } = body;
const requested = {
  ...asked,
  id: "ar-1",
  scope: { ...place, instanceId },
  subject: "alice",
  breakGlass: false,
  requirements: { approvals: 1, reason: true },
};
const created = (durationSeconds: number, pendingTimeoutSeconds: number) =>
  create({ ...requested, durationSeconds, pendingTimeoutSeconds }, act("alice", createdAt));
const millisecond = 0.001;
const day = 86_400;

describe("a duration is a whole number of seconds, from 1 to a day", () => {
  test.each([
    ["below zero", -1],
    ["a day below zero", -day],
    ["zero", 0],
    ["minus zero", -0],
    ["less than a second", 0.999],
    ["a second and a half", 1.5],
    ["a second more than a day", day + 1],
    ["not a safe integer", 2 ** 53],
    ["infinite", Number.POSITIVE_INFINITY],
    ["not a number", Number.NaN],
    ["text", "60"],
    ["a time", "2026-01-02T04:00:00.000Z"],
    ["nothing", null],
    ["left out", undefined],
  ])("refused: %s", (_, durationSeconds) => {
    expect(accessRequestBody.safeParse({ ...body, durationSeconds }).success).toBe(false);
  });

  test.each([
    ["a second", 1],
    ["two", 2],
    ["a second less than a day", day - 1],
    ["a day", day],
  ])("accepted: %s", (_, durationSeconds) => {
    expect(accessRequestBody.parse({ ...body, durationSeconds })).toMatchObject({ durationSeconds });
  });
});

describe("policy's rules for the reason", () => {
  const evaluated = (reason: string, rules: Partial<Bounds>) => {
    const proposed = {
      ...accessRequestBody.parse({ ...body, durationSeconds: 60, reason }),
      caller: alice,
      subject: "alice",
    };
    const time = { epoch: 0, hour: 0, weekday: 4 };
    return evaluateAccessRequest(fakePolicy({}, rules), proposed, {
      instance: web,
      scope: "instance",
      time,
      possibleGroups: () => [],
    });
  };

  test.each<[sentence: string, reason: string, rules: Partial<Bounds>, lacks: string]>([
    ["a character too few", "why", { minReasonLength: 4 }, "at least 4 characters"],
    ["characters of two code units that count as one", "👩👩", { minReasonLength: 3 }, "at least 3 characters"],
    ["text that does not match", "INC-x", { reasonPatterns: ["INC-[0-9]"] }, "text that matches INC-[0-9]"],
    ["one of two patterns alone", "INC-1", { reasonPatterns: ["INC", "CHG"] }, "text that matches CHG"],
  ])("refused: %s", async (_, reason, rules, lacks) => {
    expect(await problemFrom(async () => evaluated(reason, rules))).toMatchObject({
      code: "access-denied",
      detail: `Policy requires ${lacks} in the reason.`,
    });
  });

  test.each<[sentence: string, reason: string, rules: Partial<Bounds>]>([
    ["exactly as many characters", "why?", { minReasonLength: 4 }],
    ["both patterns", "CHG-2 for INC-1", { reasonPatterns: ["INC-[0-9]", "CHG-[0-9]"] }],
  ])("accepted: %s", (_, reason, rules) => {
    expect(evaluated(reason, rules)).toMatchObject({ policies: ["request-permitted"] });
  });
});

describe("policy's maximum duration", () => {
  const evaluated = (durationSeconds: number, maxDurationSeconds: number) => {
    const policy = fakePolicy({}, { maxDurationSeconds });
    const requested = accessRequestBody.parse({ ...body, durationSeconds });
    const proposed = { ...requested, caller: alice, subject: "alice" };
    const time = { epoch: 0, hour: 0, weekday: 4 };
    return evaluateAccessRequest(policy, proposed, {
      instance: web,
      scope: "instance",
      time,
      possibleGroups: () => [],
    });
  };

  test.each([
    ["a second more than an hour", 3601, 3600],
    ["a day, if a second less is permitted", day, day - 1],
    ["two seconds, if one is permitted", 2, 1],
  ])("refused: %s", async (_, duration, longest) => {
    expect(await problemFrom(async () => evaluated(duration, longest))).toMatchObject({
      code: "access-denied",
      detail: `Policy permits access for at most ${showDuration(longest)}.`,
    });
  });

  test.each([
    ["the minimum", 1, 3600],
    ["a second less", 3599, 3600],
    ["exactly the maximum", 3600, 3600],
    ["a day", day, day],
    ["one second, if one is permitted", 1, 1],
  ])("accepted: %s", (_, duration, longest) => {
    const { pendingTimeoutSeconds } = evaluated(duration, longest);
    const { next } = created(duration, pendingTimeoutSeconds);
    expect(next).toMatchObject({ durationSeconds: duration, status: "pending" });
  });
});

describe("a pending request times out, to the millisecond,", () => {
  test.each([60, 3600, 604_800])("after %d seconds", (timeout) => {
    const { next } = created(60, timeout);
    expect(next.pendingUntil).toBe(later(timeout).toISOString());
    const word = { decision: "approve", isPermitted: true } as const;
    for (const [at, verdict] of [
      [later(timeout - millisecond), "active"],
      [later(timeout), "request-not-pending"],
      [later(timeout + millisecond), "request-not-pending"],
    ] as const) {
      const outcome = review(next, word, act("bob", at));
      expect("rejection" in outcome ? outcome.rejection : outcome.next.status).toBe(verdict);
      expect("rejection" in cancel(next, undefined, act("alice", at))).toBe(verdict !== "active");
      expect(statusAt(next, at)).toBe(verdict === "active" ? "pending" : "expired");
      expect(accessRequestResponse(next, at).status).toBe(verdict === "active" ? "pending" : "expired");
      expect(expire(next, at, "run-1") === undefined).toBe(verdict === "active");
    }
  });
});

describe("access ends, to the millisecond, its duration after the approval that completed it", () => {
  test.each([1, 3600, day])("after %d seconds", (durationSeconds) => {
    const pending = { ...sample.pending, durationSeconds };
    const { next } = taken(review(pending, { decision: "approve", isPermitted: true }, act("erin", later(1799.999))));
    expect(next.expiresAt).toBe(later(1799.999 + durationSeconds).toISOString());
    for (const [at, status] of [
      [later(1799.999), "active"],
      [later(1799.999 + durationSeconds - millisecond), "active"],
      [later(1799.999 + durationSeconds), "expired"],
      [later(1799.999 + durationSeconds + millisecond), "expired"],
    ] as const) {
      expect(statusAt(next, at)).toBe(status);
      expect(expire(next, at, "run-1") === undefined).toBe(status === "active");
      expect("rejection" in revoke(next, { isPermitted: true }, act("alice", at))).toBe(status === "expired");
    }
  });

  test("access without a valid expiry has ended", () => {
    const { expiresAt: _, ...endless } = sample.active;
    expect(statusAt(endless, later(60))).toBe("expired");
    expect(statusAt({ ...sample.active, expiresAt: "never" }, later(60))).toBe("expired");
  });
});

describe("a clock that jumps", () => {
  const approve = { decision: "approve", isPermitted: true } as const;

  test.each([
    ["ten years ahead before the approval", later(315_360_000), "request-not-pending"],
    ["behind the creation before the approval", later(-86_400), "active"],
  ])("%s", (_, at, verdict) => {
    const outcome = review(sample.pending, approve, act("erin", at));
    expect("rejection" in outcome ? outcome.rejection : outcome.next.status).toBe(verdict);
  });

  test("back, at the approval: the access gets no longer, by that clock", () => {
    const { next } = taken(review(sample.pending, approve, act("erin", later(-86_400))));
    expect(next.expiresAt).toBe(later(-86_400 + 3600).toISOString());
    expect(statusAt(next, later(0))).toBe("expired");
  });

  test("back, while it is active: only the current clock counts", () => {
    expect(statusAt(sample.active, later(3640))).toBe("expired");
    expect(statusAt(sample.active, later(0))).toBe("active");
  });

  test("back, after its expiry was recorded: it stays expired", () => {
    const expired = expire(sample.active, later(3640), "run-1");
    expect(expired && statusAt(expired.next, later(0))).toBe("expired");
  });

  test("back, at a revoke: noPushesAfter is no earlier than the intended push", () => {
    const reserved = { ...sample.active, pushBy: later(65).toISOString() };
    const { next } = taken(revoke(reserved, { isPermitted: false }, act("alice", later(-600))));
    expect(accessRequestResponse(next, later(-600))).toMatchObject({
      status: "revoked",
      noPushesAfter: later(65).toISOString(),
    });
  });
});

describe("noPushesAfter is the later of the revoke and the last pushBy", () => {
  test.each([
    ["never pushed", undefined, later(60)],
    ["pushed long ago", later(50), later(60)],
    ["a pushBy at the time of the revoke", later(60), later(60)],
    ["a push that may still start", later(60 + millisecond), later(60 + millisecond)],
  ])("%s", (_, pushBy, noPushesAfter) => {
    const reserved = { ...sample.active, pushBy: pushBy?.toISOString() };
    const { next } = taken(revoke(reserved, { isPermitted: false }, act("alice", later(60))));
    expect(accessRequestResponse(next, later(3600)).noPushesAfter).toBe(noPushesAfter.toISOString());
  });

  test.each(["pending", "active", "denied", "cancelled", "expired"] as const)(
    "a request that is %s has no noPushesAfter",
    (status) => {
      expect(
        accessRequestResponse({ ...sample[status], pushBy: later(65).toISOString() }, later(60)).noPushesAfter,
      ).toBe(undefined);
    },
  );
});

test("a response has no internal fields", () => {
  const response = accessRequestResponse({ ...sample.revoked, pushBy: later(65).toISOString() }, later(70));
  expect(Object.keys(response)).not.toEqual(expect.arrayContaining(["sequence"]));
  for (const name of ["sequence", "pushBy", "endedAt"]) expect(response).not.toHaveProperty(name);
});
