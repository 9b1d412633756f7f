import { describe, expect, test } from "@jest/globals";
import type { AccessRequestResponse } from "../../../contract/access-request.ts";
import { noticeOf } from "../../../lambda/chat/notice.ts";
import { requestMessage } from "../../../lambda/chat/request-message.ts";
import { place } from "../../support/samples.ts";

const instance = { ...place, instanceId: "i-0900000000000000d" };

const pending: AccessRequestResponse = {
  id: "ar-1",
  status: "pending",
  subject: "alice",
  requestedBy: "alice",
  scope: { instanceId: instance.instanceId },
  osUser: "root",
  durationSeconds: 3600,
  reason: "INC-42",
  breakGlass: false,
  requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
  reviews: [],
  createdAt: "2026-03-01T12:00:00.000Z",
  updatedAt: "2026-03-01T12:00:00.000Z",
  pendingUntil: "2026-03-01T13:00:00.000Z",
};
const approval = { reviewer: "bob", decision: "approve", at: "2026-03-01T12:05:00.000Z" } as const;
const approved = { reviews: [approval], activatedAt: "2026-03-01T12:05:00.000Z" };
const active = { ...approved, status: "active", expiresAt: "2026-03-01T13:05:00.000Z" } as const;
const extension: NonNullable<AccessRequestResponse["extension"]> = {
  id: "ex-1",
  status: "pending",
  requestedBy: "alice",
  durationSeconds: 1800,
  reason: "It is slow",
  requirements: pending.requirements,
  reviews: [],
  createdAt: "2026-03-01T12:30:00.000Z",
  pendingUntil: "2026-03-01T13:05:00.000Z",
};

type Change = Partial<AccessRequestResponse>;

const told = (change: Change, person = "alice") => noticeOf({ ...pending, ...change }, { person, instance });

describe("nobody is told", () => {
  test.each<[string, Change]>([
    ["what they have just asked for", {}],
    ["what they have got without approval, and heard at once", { ...active, reviews: [] }],
    ["what they have cancelled", { status: "cancelled" }],
    ["that their access has ended as said", { ...approved, status: "expired" }],
    ["of an extension that is not decided", { ...active, extension }],
    ["of a state that is not known", { status: "unknown" }],
  ])("%s", (_, change) => {
    expect(told(change)).toBeUndefined();
  });
});

describe("the subject is told", () => {
  const command = `latchkey ssh ${instance.instanceId}@111122223333/us-east-1 --os-user root`;
  test.each<[string, Change, object]>([
    ["the next step", active, { title: "Your access is approved", commands: [command] }],
    [
      "when it starts",
      { ...approved, status: "scheduled", startsAt: "2026-03-02T12:00:00.000Z", expiresAt: "2026-03-02T13:00:00.000Z" },
      { notes: ["It starts at 2026-03-02 12:00 UTC, and ends at 2026-03-02 13:00 UTC."] },
    ],
    [
      "that it is extended",
      { ...active, extension: { ...extension, status: "approved" } },
      { title: "Your access is extended", commands: [command] },
    ],
    [
      "why more time was denied",
      {
        ...active,
        extension: { ...extension, status: "denied", reviews: [{ ...approval, decision: "deny", comment: "no" }] },
      },
      { title: "More time was denied", quotes: [{ label: "Denied by bob", text: "no" }] },
    ],
    [
      "why it was denied",
      { status: "denied", reviews: [{ ...approval, decision: "deny", comment: "no" }] },
      { title: "Your access was denied", quotes: [{ label: "Denied by bob", text: "no" }] },
    ],
    ["that it was revoked", { ...approved, status: "revoked" }, { title: "Your access was revoked", notes: [] }],
    [
      "that a suspension has ended it",
      { status: "cancelled", isEndedBySuspension: true },
      { title: "A suspension has ended the request" },
    ],
    ["that nobody approved it", { status: "expired" }, { title: "Nobody approved it in time" }],
    [
      "who asks for them",
      { requestedBy: "111122223333/ChatBot" },
      { quotes: [{ label: "Reason, by 111122223333/ChatBot", text: "INC-42" }] },
    ],
    [
      "how to find the instances of a scope",
      { ...active, scope: { tags: { team: "a b" } } },
      { commands: ["latchkey instances --tag 'team=a b'"] },
    ],
  ])("%s", (_, change, message) => {
    expect(told(change)?.message).toMatchObject(message);
  });

  test("of each end of their access once", () => {
    const keys = [active, { ...active, expiresAt: "2026-03-01T13:35:00.000Z" }].map((change) => told(change)?.key);
    expect(new Set(keys).size).toBe(2);
  });
});

test("who has asked for somebody else is told that, and not how to connect", () => {
  const message = told({ ...active, subject: "dave" })?.message;
  expect(message).toMatchObject({
    title: "Access of dave is approved",
    commands: [],
    facts: [{ value: "dave" }, {}, {}],
  });
});

describe("a message shows", () => {
  const shown = (change: Change) => requestMessage({ ...pending, ...change }, { instanceName: "prod-1" });
  const factOf = (change: Change, name: string) => shown(change).facts?.find((fact) => fact.name === name)?.value;

  test.each<[string, Change, string, string]>([
    ["who asks for whom", { requestedBy: "111122223333/ChatBot" }, "Asked for by", "111122223333/ChatBot"],
    ["who can approve", {}, "Who can approve", "anyone in OnCall"],
    ["that reviewers have shortened it", { ...active, grantedSeconds: 1800 }, "How long", "30m (1h asked for)"],
    ["when it starts", { startsAt: "2026-03-02T12:00:00.000Z" }, "Starts", "2026-03-02 12:00 UTC"],
    [
      "the tags of a scope, quoted",
      { scope: { tags: { env: "prod", team: "a, env=dev" } } },
      "Instances",
      'every instance with env=prod, team="a, env=dev"',
    ],
    [
      "that a suspension has ended it",
      { status: "revoked", isEndedBySuspension: true },
      "Status",
      "revoked by a suspension",
    ],
    [
      "the extension that waits",
      { ...active, extension },
      "Extension",
      "30m more: waits for 1 approval, until 2026-03-01 13:05 UTC",
    ],
  ])("%s", (_, change, name, value) => {
    expect(factOf(change, name)).toBe(value);
  });

  test("facts before what people have written, each with who wrote it", () => {
    const { quotes } = shown({ ...active, reviews: [{ ...approval, comment: "fine" }] });
    expect(quotes).toEqual([
      { label: "Reason, by alice", text: "INC-42" },
      { label: "Approved by bob", text: "fine" },
    ]);
  });

  test("which reviews are of the extension", () => {
    const reviews = [{ ...approval, decision: "deny" as const }];
    const { notes } = shown({ ...active, reviews: [approval], extension: { ...extension, status: "denied", reviews } });
    expect(notes).toEqual(["Approved by bob.", "More time denied by bob."]);
  });

  test("the last ten of many reviews", () => {
    expect(shown({ reviews: Array.from({ length: 100 }, () => approval) }).notes).toHaveLength(10);
  });
});
