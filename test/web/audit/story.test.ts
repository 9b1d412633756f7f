import { describe, expect, test } from "@jest/globals";
import { gapWords, type StoryHead, storyOf, storyOfEvent } from "../../../web/audit/story.ts";
import { sampleEvent } from "./sample-events.ts";

const instance = { instanceId: "i-0123456789abcdef0", accountId: "111122223333", region: "us-east-1" };
const ofRequest = (sequence: number, type: string, time: string, data: object = {}) =>
  sampleEvent({
    type: `latchkey.${type}`,
    subject: "access-requests/ar-1",
    time: `2026-03-01T${time}Z`,
    data: { ...instance, sequence, accessRequestId: "ar-1", reason: "INC-1", requestedBy: "alice", ...data },
  });
const ofConnection = (sequence: number, type: string, time: string, data: object = {}) =>
  sampleEvent({
    type: `latchkey.connection.${type}`,
    subject: "connections/c-1",
    time: `2026-03-01T${time}Z`,
    data: { ...instance, sequence, accessRequestId: "ar-1", policies: ["with-approval"], ...data },
  });

const created = ofRequest(1, "access-request.created", "14:00:00.000", {
  ...{ status: "pending", durationSeconds: 3600, policies: ["ask"], policyDigest: "sha256:1" },
});
const by = { actor: "bob", policies: ["review"], policyDigest: "sha256:1" };
const until = { status: "active", expiresAt: "2026-03-01T14:35:00.000Z", grantedSeconds: 1800 };
const reviewed = ofRequest(2, "review.submitted", "14:05:00.000", { ...by, ...until, comment: "Half an hour" });
const activated = ofRequest(3, "access-request.activated", "14:05:00.000", { ...by, ...until });
const intended = ofConnection(1, "intended", "14:06:00.000");
const pushed = ofConnection(2, "pushed", "14:06:00.140");
const revoked = ofRequest(4, "access-request.revoked", "14:20:00.000", {
  ...until,
  status: "revoked",
  comment: "Done",
});
const all = [created, reviewed, activated, intended, pushed, revoked];

const headOf = (...events: readonly (typeof created)[]): StoryHead => storyOf(events).head;

describe("a story", () => {
  const { steps } = storyOf(all.toReversed());
  test("is told oldest first, in any order of its events", () => {
    expect(steps.map(({ event }) => event)).toEqual(all);
    expect(storyOf([pushed, created, revoked, activated, intended, reviewed]).steps).toEqual(steps);
  });
  test("keeps an item's order if its clocks differ", () => {
    const early = ofRequest(4, "access-request.revoked", "13:59:00.000");
    expect(storyOf([early, activated, created, reviewed]).steps.map(({ event }) => event.data.sequence)).toEqual([
      ...[1, 2, 3, 4],
    ]);
  });
  test("says how much time there was between its steps, never less than none", () => {
    expect(steps.map(({ after }) => after)).toEqual([undefined, 300_000, 0, 60_000, 140, 839_860]);
    const early = ofRequest(2, "review.submitted", "13:00:00.000");
    expect(storyOf([created, early]).steps[1]?.after).toBe(0);
  });
  test("quotes each text once: a request's reason is in all of its events", () => {
    expect(steps.map(({ said }) => said)).toEqual(["INC-1", "Half an hour", undefined, undefined, undefined, "Done"]);
  });
  test("quotes the same comment of two reviewers twice", () => {
    const second = ofRequest(3, "review.submitted", "14:06:00.000", { actor: "carol", comment: "Half an hour" });
    expect(
      storyOf([created, reviewed, second])
        .steps.map(({ said }) => said)
        .slice(1),
    ).toEqual([...["Half an hour", "Half an hour"]]);
  });
  test("names the policies of each decision", () => {
    expect(steps.map(({ decided }) => decided?.policies)).toEqual([
      ...[["ask"], ["review"], undefined, ["with-approval"], undefined, undefined],
    ]);
  });
});

describe("what is missing", () => {
  test.each([
    ["nothing, if the numbers have no gaps", all, []],
    ["what came between", [created, revoked], ["2, 3 of access-requests/ar-1"]],
    ["the beginning", [pushed], ["1 of connections/c-1"]],
    ["nothing of what cannot be read", [sampleEvent({ subject: "unknown", data: { sequence: 0 } })], []],
  ])("%s", (_, events, missing) => {
    expect(storyOf(events).missing).toEqual(missing);
  });
});

describe("what a story is about", () => {
  test("nothing, without events", () => {
    expect(storyOf([])).toEqual({ steps: [], missing: [], head: { tags: [], breakGlass: false, connections: 0 } });
  });
  test("the access as its last event left it", () => {
    expect(headOf(...all)).toEqual({
      ...{ accessRequestId: "ar-1", subject: "alice", requestedBy: "alice", instance, tags: [], osUser: "ec2-user" },
      ...{ breakGlass: false, asked: 3600, granted: 1800, status: "revoked", connections: 1 },
      ...{ beganAt: activated.time, expiresAt: until.expiresAt, endedAt: revoked.time },
    });
  });
  test("a connection alone, which has no status", () => {
    const head = headOf(intended, ofConnection(2, "pushed", "14:06:00.140", { expiresAt: "2026-03-01T14:07:00.000Z" }));
    expect(head).toMatchObject({ subject: "alice", instance, connections: 1 });
    expect([head.status, head.expiresAt, head.endedAt]).toEqual([undefined, undefined, undefined]);
  });
  test("instances with tags", () => {
    const scope = { tags: { env: "staging", role: "db" } };
    const { instance: one, tags } = headOf(
      ofRequest(1, "access-request.created", "14:00:00.000", { instanceId: undefined, scope }),
    );
    expect([one, tags]).toEqual([undefined, ["env=staging", "role=db"]]);
  });
  test.each([
    ["access that goes on has no end yet", activated, undefined],
    [
      "an expiry is recorded later than it happens",
      ofRequest(4, "access-request.expired", "14:36:00.000", until),
      until.expiresAt,
    ],
    [
      "a request that was never decided ends when that is recorded",
      ofRequest(4, "access-request.expired", "15:00:00.000"),
      "2026-03-01T15:00:00.000Z",
    ],
  ])("%s", (_, last, endedAt) => {
    expect(headOf(created, last).endedAt).toBe(endedAt);
  });
});

test.each([
  ["of an access request's event: the request's", created, { accessRequestId: "ar-1" }],
  ["of a connection under a request: the request's", pushed, { accessRequestId: "ar-1" }],
  [
    "of a connection alone: its own",
    sampleEvent({ data: instance }),
    { connectionId: "c-1", instanceId: instance.instanceId },
  ],
  ["of a denial: none", sampleEvent({ subject: "denials/dn-1" }), undefined],
  ["of host keys: none", sampleEvent({ subject: "instances/1/us-east-1/i-1" }), undefined],
])("the story %s", (_, event, of) => {
  expect(storyOfEvent(event)).toEqual(of);
});

test.each([
  [0, "at the same time"],
  [140, "140 ms later"],
  [1000, "1 s later"],
  [125_400, "2 min 5 s later"],
])("%d ms are %s", (milliseconds, words) => {
  expect(gapWords(milliseconds)).toBe(words);
});
