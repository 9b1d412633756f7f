import { describe, expect, test } from "@jest/globals";
import type { AccessRequestStatus } from "../../../contract/access-request.ts";
import type { Change, Creation, Rejection } from "../../../lambda/access/change.ts";
import { cancel, create, expire, type ReviewInput, review, revoke } from "../../../lambda/access/transitions.ts";
import { act, createdAt, later, sample, taken } from "../../support/access-requests.ts";
import { place } from "../../support/samples.ts";

const approve = { decision: "approve", isPermitted: true } as const;
const deny = { decision: "deny", isPermitted: true } as const;
const chatbot = "111122223333/ChatBot";

/** The end of each sample: its time-out or expiry. */
const afterAll = later(24 * 3600);

describe("every status and every command", () => {
  const notPending = "request-not-pending";
  const notActive = "request-not-active";
  const done = { approved: notPending, denied: notPending, cancelled: notPending, revoked: notActive };

  test.each<[AccessRequestStatus, Record<keyof typeof done, string>]>([
    ["denied", done],
    ["cancelled", done],
    ["expired", done],
    ["revoked", done],
    ["active", { ...done, revoked: "becomes revoked" }],
    ["scheduled", { ...done, cancelled: "becomes cancelled", revoked: "becomes revoked" }],
    [
      "pending",
      { approved: "becomes active", denied: "becomes denied", cancelled: "becomes cancelled", revoked: notActive },
    ],
  ])("%s", (status, verdicts) => {
    const before = sample[status];
    const verdict = (outcome: Change | Rejection) =>
      "rejection" in outcome ? outcome.rejection : `becomes ${outcome.next.status}`;
    expect({
      approved: verdict(review(before, approve, act("dave"))),
      denied: verdict(review(before, deny, act("dave"))),
      cancelled: verdict(cancel(before, undefined, act("alice"))),
      revoked: verdict(revoke(before, { isPermitted: true }, act("dave"))),
    }).toEqual(verdicts);
  });

  test.each<[AccessRequestStatus, boolean]>([
    ["denied", false],
    ["cancelled", false],
    ["expired", false],
    ["revoked", false],
    ["pending", true],
    ["scheduled", true],
    ["active", true],
  ])("of one that is %s, time makes one that has expired: %s", (status, expires) => {
    expect(expire(sample[status], afterAll, "run-1")?.next.status).toBe(expires ? "expired" : undefined);
    expect(expire(sample[status], later(60), "run-1")).toBeUndefined();
  });

  test.each<[string, (at: Date) => Change | Rejection, string]>([
    ["approved", (at) => review(sample.pending, approve, act("erin", at)), "request-not-pending"],
    ["denied", (at) => review(sample.pending, deny, act("erin", at)), "request-not-pending"],
    ["cancelled", (at) => cancel(sample.pending, undefined, act("alice", at)), "request-not-pending"],
    ["revoked", (at) => revoke(sample.active, { isPermitted: true }, act("alice", at)), "request-not-active"],
  ])("an expired request cannot be %s, even before anything has recorded its expiry", (_, command, rejection) => {
    expect(command(afterAll)).toEqual({ rejection });
  });
});

describe("a review with several rejections gets the first of them", () => {
  const forbidden: ReviewInput = { ...approve, isPermitted: false };
  test.each<[string, string, Parameters<typeof review>[0], ReviewInput, string]>([
    ["the subject, not permitted by policy, after the end", "alice", sample.denied, forbidden, "self-review"],
    ["the subject, permitted by policy", "alice", sample.pending, approve, "self-review"],
    ["the requesting bot, permitted by policy", chatbot, sample.pending, approve, "self-review"],
    ["a caller whom policy does not permit, after the end", "carol", sample.denied, forbidden, "reviewer-not-allowed"],
    ["an earlier reviewer whom policy no longer permits", "bob", sample.pending, forbidden, "reviewer-not-allowed"],
    ["an earlier reviewer, after the end", "bob", sample.denied, approve, "request-not-pending"],
    ["an earlier reviewer", "bob", sample.pending, approve, "already-reviewed"],
    ["an earlier reviewer with another decision", "bob", sample.pending, deny, "already-reviewed"],
  ])("%s", (_, reviewer, before, word, rejection) => {
    expect(review(before, word, act(reviewer))).toEqual({ rejection });
  });
});

describe("who may end a request", () => {
  test.each([
    ["another caller", "dave", "access-denied"],
    ["a reviewer", "bob", "access-denied"],
    ["the subject", "alice", "cancelled"],
    ["the requesting bot", chatbot, "cancelled"],
  ])("%s cancels: %#", (_, actor, verdict) => {
    const outcome = cancel(sample.pending, undefined, act(actor));
    expect("rejection" in outcome ? outcome.rejection : outcome.next.status).toBe(verdict);
  });

  test.each([
    ["another caller", "dave", false, "access-denied"],
    ["the requesting bot", chatbot, false, "access-denied"],
    ["a caller whom policy permits", "dave", true, "revoked"],
    ["the subject", "alice", false, "revoked"],
    ["a reviewer", "erin", false, "revoked"],
  ])("%s revokes: %#", (_, actor, isPermitted, verdict) => {
    const outcome = revoke(sample.active, { isPermitted }, act(actor));
    expect("rejection" in outcome ? outcome.rejection : outcome.next.status).toBe(verdict);
  });

  test("a caller who may not end it learns that, and not its status", () => {
    expect(cancel(sample.active, undefined, act("dave"))).toEqual({ rejection: "access-denied" });
    expect(revoke(sample.pending, { isPermitted: false }, act("dave"))).toEqual({ rejection: "access-denied" });
  });
});

describe("the state and the events after a change", () => {
  const requested = {
    id: "ar-1",
    subject: "alice",
    scope: { ...place, instanceId: "i-0900000000000000d" },
    osUser: "root",
    durationSeconds: 3600,
    reason: "INC-42",
    breakGlass: false,
    requirements: { approvals: 2, reason: true },
    pendingTimeoutSeconds: 600,
  };
  const none = { approvals: 0, reason: false };
  const told = ({ events }: Creation) =>
    events.map(({ type, data }) => [data.sequence, type.slice("latchkey.".length)]);

  test.each<[string, () => Creation, object, readonly (readonly [number, string])[]]>([
    [
      "a request that needs approvals is pending",
      () => create(requested, act("alice", createdAt)),
      { status: "pending", sequence: 1, pendingUntil: later(600).toISOString(), reviews: [] },
      [[1, "access-request.created"]],
    ],
    [
      "a request that needs none is active at once",
      () => create({ ...requested, requirements: none }, act("alice", createdAt)),
      { status: "active", sequence: 2, activatedAt: createdAt.toISOString(), expiresAt: later(3600).toISOString() },
      [
        [1, "access-request.created"],
        [2, "access-request.activated"],
      ],
    ],
    [
      "break-glass is active at once, with an event of its own",
      () => create({ ...requested, requirements: none, breakGlass: true }, act("alice", createdAt)),
      { status: "active", sequence: 3, breakGlass: true },
      [
        [1, "access-request.created"],
        [2, "access-request.activated"],
        [3, "break-glass.used"],
      ],
    ],
    [
      "an approval that leaves it pending is a review",
      () => taken(review({ ...sample.pending, reviews: [], sequence: 1 }, approve, act("bob"))),
      {
        status: "pending",
        sequence: 2,
        reviews: [{ reviewer: "bob", decision: "approve", at: later(60).toISOString() }],
      },
      [[2, "review.submitted"]],
    ],
    [
      "the last approval starts the access at that time",
      () => taken(review(sample.pending, approve, act("erin"))),
      { status: "active", sequence: 4, activatedAt: later(60).toISOString(), expiresAt: later(3660).toISOString() },
      [
        [3, "review.submitted"],
        [4, "access-request.activated"],
      ],
    ],
    [
      "a denial ends it, even after an approval",
      () => taken(review(sample.pending, { ...deny, comment: "not today" }, act("erin"))),
      { status: "denied", sequence: 4, endedAt: later(60).toISOString() },
      [
        [3, "review.submitted"],
        [4, "access-request.denied"],
      ],
    ],
    [
      "a cancellation",
      () => taken(cancel(sample.pending, "found it", act("alice"))),
      { status: "cancelled", sequence: 3, endedAt: later(60).toISOString() },
      [[3, "access-request.cancelled"]],
    ],
    [
      "a revoke",
      () => taken(revoke(sample.active, { comment: "done", isPermitted: false }, act("alice"))),
      { status: "revoked", sequence: 5, endedAt: later(60).toISOString() },
      [[5, "access-request.revoked"]],
    ],
  ])("%s", (_, change, state, events) => {
    const outcome = change();
    expect(outcome.next).toMatchObject(state);
    expect(told(outcome)).toEqual(events);
  });

  test("every event says who, for whom, on what and by which policies", () => {
    const { events, next } = taken(
      review(sample.pending, { ...approve, comment: "go on" }, act("erin", later(60), { policies: ["prod-review"] })),
    );
    const common = {
      actor: "erin",
      subject: "alice",
      requestedBy: chatbot,
      ...place,
      instanceId: "i-0900000000000000d",
      scope: { instanceId: "i-0900000000000000d" },
      osUser: "root",
      accessRequestId: next.id,
      status: "active",
      reason: "INC-42: a disk is full",
      breakGlass: false,
      durationSeconds: 3600,
      grantedSeconds: 3600,
      requirements: { approvals: 2, reason: true },
      expiresAt: later(3660).toISOString(),
      policies: ["prod-review"],
      policyDigest: "sha256:test",
      requestId: "request-of-erin",
    };
    expect(events).toEqual([
      {
        specversion: "1.0",
        id: `${next.id}-3`,
        source: "latchkey",
        type: "latchkey.review.submitted",
        subject: `access-requests/${next.id}`,
        time: later(60).toISOString(),
        data: { sequence: 3, ...common, reviewer: "erin", decision: "approve", comment: "go on" },
      },
      expect.objectContaining({ id: `${next.id}-4`, data: { sequence: 4, ...common } }),
    ]);
  });

  test("expiry has Latchkey as its actor, and no policies", () => {
    const expired = expire(sample.active, afterAll, "run-1");
    expect(expired?.events[0].data).toMatchObject({ actor: "latchkey", requestId: "run-1", status: "expired" });
    expect(expired?.events[0].data).not.toHaveProperty("policies");
  });

  test("nothing else changes, pushBy included", () => {
    const reserved = { ...sample.active, pushBy: later(65).toISOString() };
    const { next } = taken(revoke(reserved, { isPermitted: false }, act("alice")));
    expect(next).toEqual({ ...reserved, status: "revoked", sequence: 5, endedAt: later(60).toISOString() });
  });
});
