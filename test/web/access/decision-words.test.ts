import { expect, test } from "@jest/globals";
import type { Decision, Requirements } from "../../../sdk/types.ts";
import { outlookOf } from "../../../web/access/decision-words.ts";

const denied = (code: string): Decision => ({ decision: "deny", code, policies: [] });
const needs = (requirements: Partial<Requirements>): Decision => ({
  ...denied("approval-required"),
  requirements: { approvals: 1, reason: true, ...requirements },
});
const onCall = [{ kind: "group", name: "OnCall" }];

test.each<[string, Decision, object]>([
  ["a denial", denied("access-denied"), { tone: "bad", words: "Policy denies this connection, with any approval." }],
  ["a stopped instance", denied("instance-not-running"), { tone: "bad", words: expect.stringContaining("Start the") }],
  ["a newer code", denied("on-fire"), { tone: "bad", words: "A connection would be refused now. on-fire" }],
  ["a code of an object", denied("constructor"), { words: expect.stringContaining("now. constructor") }],
  ["approval by nobody", needs({ reviewers: [] }), { tone: "bad", words: expect.stringContaining("lets nobody") }],
  [
    "an approval",
    needs({ reviewers: onCall }),
    { tone: "waiting", words: "It needs 1 approval and a reason.", reviewers: "anyone in OnCall" },
  ],
  ["a reason alone", needs({ approvals: 0 }), { tone: "good", words: "It needs a reason. Access starts at once." }],
  ["a further approval", needs({ accessRequestId: "ar-1" }), { tone: "waiting", accessRequestId: "ar-1" }],
  [
    "access that starts later",
    needs({ scheduled: { accessRequestId: "ar-2", startsAt: "2026-03-01T12:00:00Z" } }),
    { accessRequestId: "ar-2" },
  ],
  ["a permission", { decision: "allow", policies: [] }, { tone: "good", words: expect.stringContaining("You can") }],
  [
    "active access",
    { decision: "allow", policies: [], accessRequestId: "ar-3" },
    { tone: "good", accessRequestId: "ar-3" },
  ],
])("%s says what to expect of a request", (_, decision, outlook) => {
  expect(outlookOf(decision, true)).toMatchObject(outlook);
});

test("of somebody else it says that they can connect", () => {
  expect(outlookOf({ decision: "allow", policies: [] }, false).words).toContain("They can");
});
