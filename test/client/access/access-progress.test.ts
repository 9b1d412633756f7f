import { expect, test } from "@jest/globals";
import { accessProgress } from "../../../client/access/access-progress.ts";
import { requestOf } from "./sample-request.ts";

const now = new Date("2026-03-01T12:02:05.000Z");
const at = "2026-03-01T12:01:00.000Z";
const approvedBy = (...reviewers: string[]) =>
  reviewers.map((reviewer) => ({ reviewer, decision: "approve" as const, at }));

test.each([
  ["what is missing, and for how long", requestOf(), "Waiting for 1 approval (2m5s; expires in 57m55s)"],
  [
    "who has approved",
    requestOf({ requirements: { approvals: 2, reason: true }, reviews: approvedBy("bob") }),
    "Approved by bob. Waiting for 1 more approval (2m5s; expires in 57m55s)",
  ],
  [
    "that an integration's approval is not a person's",
    requestOf({ reviews: [{ reviewer: "111122223333/Roster", integration: "roster", decision: "approve", at }] }),
    "Approved by 111122223333/Roster. Waiting for 1 more approval (2m5s; expires in 57m55s)",
  ],
  [
    "a reviewer's name without its control characters",
    requestOf({ requirements: { approvals: 3, reason: true }, reviews: approvedBy("e\u001b[2Jve") }),
    "Approved by e\\u{1b}[2Jve. Waiting for 2 more approvals (2m5s; expires in 57m55s)",
  ],
])("the progress line tells %s", (_, request, line) => {
  expect(accessProgress(request, { now, isUnreachable: false })).toBe(line);
});

test("the progress line tells that Latchkey does not respond", () => {
  expect(accessProgress(requestOf(), { now, isUnreachable: true })).toMatch(
    /\. Latchkey does not respond, trying again$/,
  );
});

test("without a clock the line changes only when something has happened", () => {
  expect(accessProgress(requestOf(), { isUnreachable: false })).toBe("Waiting for 1 approval");
});
