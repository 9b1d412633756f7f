import { expect, test } from "@jest/globals";
import { accessProgress } from "../../../client/access/access-progress.ts";
import { requestOf } from "./sample-request.ts";

const now = new Date("2026-03-01T12:02:05.000Z");
const at = "2026-03-01T12:01:00.000Z";
const approvedBy = (...reviewers: string[]) =>
  reviewers.map((reviewer) => ({ reviewer, decision: "approve" as const, at }));

test.each([
  ["what is missing, and for how long", requestOf(), "waiting for 1 approval · for 2 min 5 s, 57 min 55 s left"],
  [
    "who has approved",
    requestOf({ requirements: { approvals: 2, reason: true }, reviews: approvedBy("bob") }),
    "approved by bob · waiting for 1 more approval · for 2 min 5 s, 57 min 55 s left",
  ],
  [
    "a reviewer's name without its control characters",
    requestOf({ requirements: { approvals: 3, reason: true }, reviews: approvedBy("e\u001b[2Jve") }),
    "approved by e\\u{1b}[2Jve · waiting for 2 more approvals · for 2 min 5 s, 57 min 55 s left",
  ],
])("the progress line tells %s", (_, request, line) => {
  expect(accessProgress(request, { now, isOutOfTouch: false })).toBe(line);
});

test("the progress line tells that Latchkey does not answer", () => {
  expect(accessProgress(requestOf(), { now, isOutOfTouch: true })).toMatch(
    / · Latchkey does not answer, trying again$/,
  );
});

test("without a clock the line changes only when something has happened", () => {
  expect(accessProgress(requestOf(), { isOutOfTouch: false })).toBe("waiting for 1 approval");
});
