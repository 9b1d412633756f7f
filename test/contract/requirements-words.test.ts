import { expect, test } from "@jest/globals";
import { approvalsOf, missingApprovals, requirementsWords, reviewerNames } from "../../contract/requirements-words.ts";

test.each([
  [{ approvals: 0, reason: false }, "an access request"],
  [{ approvals: 0, reason: true }, "a reason"],
  [{ approvals: 1, reason: true }, "1 approval and a reason"],
  [{ approvals: 2, reason: false }, "2 approvals"],
  [{ approvals: 1, reason: true, minReasonLength: 20 }, "1 approval and a reason with at least 20 characters"],
  [
    {
      approvals: 2,
      reason: false,
      alternatives: [
        { approvals: 2, integrations: [] },
        { approvals: 1, integrations: ["on-call"] },
      ],
    },
    "2 approvals, or 1 approval and the approval of on-call",
  ],
])("%j are %s", (requirements, words) => {
  expect(requirementsWords(requirements)).toBe(words);
});

test.each([
  [[], "nobody"],
  [[{ kind: "person", name: "*" }], "anyone"],
  [
    [
      { kind: "group", name: "OnCall" },
      { kind: "person", name: "bob" },
    ],
    "anyone in OnCall, bob",
  ],
  [[{ kind: "integration", name: "ticket" }], "integration ticket"],
])("reviewers %j are %s", (reviewers, words) => {
  expect(reviewerNames(reviewers)).toBe(words);
});

const approval = { decision: "approve" };
test.each([
  ["a denial", [{ decision: "deny" }], 0, 2],
  ["an integration's approval", [{ ...approval, integration: "ticket" }], 0, 2],
  ["an approval", [approval], 1, 1],
  ["all of them, while something is still missing", [approval, approval], 2, 1],
])("%s leaves approvals missing", (_, reviews, approvals, missing) => {
  expect(approvalsOf({ reviews })).toBe(approvals);
  expect(missingApprovals({ reviews, requirements: { approvals: 2 } })).toBe(missing);
});
