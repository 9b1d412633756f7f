import { describe, expect, test } from "@jest/globals";
import {
  closeDenials,
  closingOf,
  type Denial,
  denialIdOf,
  firstEvent,
  groupOf,
} from "../../../lambda/connect/denial.ts";
import { place } from "../../support/samples.ts";

const at = new Date("2026-01-02T03:04:05.678Z");
const seen: Denial = {
  code: "access-denied",
  actor: "alice",
  subject: "alice",
  ...place,
  instanceId: "i-0123456789abcdef0",
  osUser: "root",
  publicKeyFingerprint: "SHA256:abc",
  policies: [],
  policyDigest: "sha256:abc",
  requestId: "request-1",
  at,
};
const unseen: Denial = { ...seen, code: "instance-not-found" };
const idOf = (denial: Denial) => denialIdOf(groupOf(denial));

describe("denials on visible instances are one item per caller, instance, OS user, code and minute", () => {
  test.each<[sentence: string, change: Partial<Denial>]>([
    ["caller", { actor: "bob" }],
    ["instance", { instanceId: "i-00000001" }],
    ["region", { region: "eu-west-1" }],
    ["account", { accountId: "444455556666" }],
    ["OS user", { osUser: "ec2-user" }],
    ["code", { code: "approval-required" }],
    ["minute", { at: new Date("2026-01-02T03:05:00.000Z") }],
  ])("another %s makes another", (_, change) => {
    expect(idOf({ ...seen, ...change })).not.toBe(idOf(seen));
  });

  test("nothing else does", () => {
    const again = { ...seen, at: new Date("2026-01-02T03:04:59.999Z"), requestId: "request-2", reason: "INC-42" };
    expect(idOf(again)).toBe(idOf(seen));
  });
});

test("so are those of a suspended caller one item per minute, for all instances", () => {
  const suspended: Denial = { ...seen, code: "caller-suspended" };
  expect(idOf({ ...suspended, instanceId: "i-00000001", osUser: undefined })).toBe(idOf(suspended));
  expect(idOf(suspended)).not.toBe(idOf(unseen));
});

test("denials on absent and unseen instances are one item per caller and minute", () => {
  expect(idOf({ ...unseen, instanceId: "i-00000001", osUser: undefined })).toBe(idOf(unseen));
  const later = new Date("2026-01-02T03:05:00.000Z");
  expect(new Set([seen, unseen, { ...unseen, actor: "bob" }, { ...unseen, at: later }].map(idOf)).size).toBe(4);
});

test("the first denial makes an event with all its facts", () => {
  const { at: _, ...facts } = seen;
  expect(firstEvent("dn-1", seen)).toEqual({
    specversion: "1.0",
    id: "dn-1-1",
    source: "latchkey",
    type: "latchkey.connection.denied",
    subject: "denials/dn-1",
    time: "2026-01-02T03:04:05.678Z",
    data: { ...facts, sequence: 1 },
  });
});

describe("the closing of a minute", () => {
  const dueAt = closingOf(groupOf(seen));
  const counted = { count: 3, instanceIds: new Set([seen.instanceId]), dueAt: dueAt.toISOString() };
  const { instanceId: _, ...group } = groupOf(seen);

  test("comes a minute after it has ended, once", () => {
    expect(dueAt).toEqual(new Date("2026-01-02T03:06:00.000Z"));
    expect(closeDenials("dn-1", { ...group, ...counted }, new Date(dueAt.getTime() - 1), "r")).toBeUndefined();
    expect(closeDenials("dn-1", { ...group, ...counted, dueAt: undefined }, dueAt, "r")).toBeUndefined();
  });

  test("is an event with the count, and nothing that only the first denial said", () => {
    const { sequence, events } = closeDenials("dn-1", { ...group, ...counted }, dueAt, "sweep-1") ?? { events: [] };
    expect(sequence).toBe(2);
    expect(events).toMatchObject([{ id: "dn-1-2", subject: "denials/dn-1", time: dueAt.toISOString() }]);
    expect(events[0]?.data).toEqual({
      ...group,
      subject: "alice",
      instanceId: seen.instanceId,
      count: 3,
      sequence: 2,
      requestId: "sweep-1",
    });
  });

  test("has no event for a single denial, which is told already", () => {
    expect(closeDenials("dn-1", { ...group, ...counted, count: 1 }, dueAt, "r")).toEqual({ sequence: 1, events: [] });
  });

  test("has one for each unseen instance, so that each is found by it", () => {
    const instanceIds = new Set(["i-00000002", "i-00000001"]);
    const { osUser: _user, ...one } = groupOf(unseen);
    const closing = closeDenials("dn-1", { ...one, ...counted, instanceIds }, dueAt, "r");
    expect(closing?.sequence).toBe(3);
    expect(closing?.events.map(({ data }) => [data.sequence, data["instanceId"], data["count"]])).toEqual([
      [2, "i-00000001", 3],
      [3, "i-00000002", 3],
    ]);
  });
});
