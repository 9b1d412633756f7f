import { describe, expect, test } from "@jest/globals";
import {
  endOf,
  lengthWords,
  nextOf,
  outcomeWords,
  reviewWords,
  standingWords,
  stateOf,
} from "../../../web/access/request-words.ts";
import { activeRequest, approval, denial, sampleExtension, sampleRequest } from "./sample-request.ts";

test.each([
  ["pending", { tone: "waiting", word: "Pending" }],
  ["active", { tone: "good", word: "Active" }],
  ["denied", { tone: "bad", word: "Denied" }],
  ["expired", { tone: "neutral", word: "Expired" }],
  ["archived", { tone: "neutral", word: "Archived" }],
  ["constructor", { tone: "neutral", word: "Constructor" }],
])("the status %s is shown as %j", (status, state) => {
  expect(stateOf({ status })).toEqual(state);
});

describe("a request says that", () => {
  const two = { approvals: 2, reason: true };
  test.each([
    ["nobody has approved", sampleRequest(), "Waiting for 1 approval."],
    [
      "one of two has approved",
      sampleRequest({ requirements: two, reviews: [approval("bob")] }),
      "Waiting for 1 more approval.",
    ],
    [
      "an approval is missing that a suspension voided",
      sampleRequest({ reviews: [approval("bob")] }),
      "1 more approval",
    ],
    ["one can connect", activeRequest(), "You can connect."],
    ["it was taken without review", activeRequest({ breakGlass: true }), "Taken by break-glass, without review."],
    ["more time is awaited", activeRequest({ extension: sampleExtension() }), "More time waits for 1 approval."],
    ["more time was denied", activeRequest({ extension: sampleExtension({ status: "denied" }) }), "You can connect."],
    ["who denied it", sampleRequest({ status: "denied", reviews: [denial("bob")] }), "Denied by bob."],
    ["nobody reviewed it", sampleRequest({ status: "expired" }), "Nobody completed the review in time."],
    ["access has ended", activeRequest({ status: "expired" }), "Access has ended."],
    [
      "a suspension ended it",
      activeRequest({ status: "revoked", isEndedBySuspension: true }),
      "A suspension ended it.",
    ],
    ["its status is unknown", sampleRequest({ status: "unknown" }), "does not know its status"],
  ])("%s", (_, request, words) => {
    expect(standingWords(request, true)).toContain(words);
  });

  test("somebody else can connect", () => {
    expect(standingWords(activeRequest(), false)).toBe("alice can connect.");
  });
});

const approved = sampleExtension({ status: "approved" });
test.each([
  ["a denial", "deny", false, sampleRequest({ status: "denied" }), "Denied: alice gets no access."],
  ["a denied extension", "deny", true, activeRequest(), "Denied: access ends as before."],
  ["one of two approvals", "approve", false, sampleRequest(), "Approved: it needs 1 approval."],
  ["the last approval", "approve", false, activeRequest(), "Approved: alice has access."],
  ["a scheduled start", "approve", false, sampleRequest({ status: "scheduled" }), "Approved: alice will have access."],
  [
    "one of two approvals of an extension",
    "approve",
    true,
    activeRequest({ extension: sampleExtension() }),
    "Approved: it needs 1 approval.",
  ],
  ["an approved extension", "approve", true, activeRequest({ extension: approved }), "Approved: access ends later."],
  ["a further approval", "approve", false, activeRequest({ extension: approved }), "Approved: alice has access."],
] as const)("a review has come to %s", (_, decision, isOfExtension, request, words) => {
  expect(outcomeWords(decision, isOfExtension, request)).toBe(words);
});

test.each([
  [approval("bob"), "approved"],
  [{ ...approval("bob"), durationSeconds: 1800 }, "approved, for 30 min at most"],
  [denial("bob"), "denied"],
  [{ ...approval("bob"), decision: "abstain" }, "abstain"],
])("the review %j reads %s", (review, words) => {
  expect(reviewWords(review)).toBe(words);
});

test.each([
  [{ durationSeconds: 3600 }, "1 h"],
  [{ durationSeconds: 3600, grantedSeconds: 3600 }, "1 h"],
  [{ durationSeconds: 3600, grantedSeconds: 1800 }, "30 min of the 1 h asked for"],
])("%j lasts %s", (request, words) => {
  expect(lengthWords(request)).toBe(words);
});

const revoked = activeRequest({ status: "revoked", updatedAt: "2026-03-01T12:30:00.000Z" });
test.each([
  ["active access", activeRequest(), "2026-03-01T13:05:00.000Z"],
  ["revoked access", revoked, "2026-03-01T12:30:00.000Z"],
  ["a pending request", sampleRequest(), undefined],
])("the end of %s", (_, request, end) => {
  expect(endOf(request)).toBe(end);
});

const startsAt = "2026-03-02T12:00:00.000Z";
test.each([
  ["pending", sampleRequest({ startsAt }), "2026-03-01T13:00:00.000Z"],
  ["scheduled", sampleRequest({ status: "scheduled", startsAt }), startsAt],
  ["active", activeRequest(), "2026-03-01T13:05:00.000Z"],
  ["revoked", activeRequest({ status: "revoked" }), undefined],
  ["unknown", sampleRequest({ status: "unknown" }), undefined],
])("what comes next for a request that is %s", (_, request, at) => {
  expect(nextOf(request)?.at).toBe(at);
});
