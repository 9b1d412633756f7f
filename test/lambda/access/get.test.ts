import { describe, expect, test } from "@jest/globals";
import { accessRequest, waitQuery } from "../../../contract/access-request.ts";
import type { Caller } from "../../../contract/caller.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { getAccessRequest } from "../../../lambda/access/get.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import type { LogFields } from "../../../lambda/shared/request-context.ts";
import { activeAccess, targetOf } from "../../support/fake-access-table.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const start = Date.parse("2026-01-02T03:30:00.000Z");
const later = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const bob: Caller = { ...alice, id: "bob" };

const { activatedAt: _activated, expiresAt: _expires, ...asked } = activeAccess({ reviews: [], sequence: 1 });
const pending: AccessRequest = { ...asked, status: "pending", pendingUntil: later(1800) };
const approved = activeAccess({ expiresAt: later(3600) });

interface World {
  /** What a read finds, this many seconds after the start. */
  readonly at?: (seconds: number) => AccessRequest | undefined;
  readonly instance?: Instance | undefined;
  readonly policy?: ReturnType<typeof fakePolicy>;
  /** Milliseconds that a read takes. */
  readonly readTime?: number;
  /** Seconds until the deadline. */
  readonly deadline?: number;
  /** Milliseconds by which the clock jumps at the first sleep. */
  readonly jump?: number;
}

/** Time advances only by sleeping and reading. `elapsed` is the real time, independent of the clock. */
function world(options: World = {}) {
  const { at = () => pending, policy = fakePolicy(), readTime = 0, deadline = 26, jump = 0 } = options;
  const instance = "instance" in options ? options.instance : web;
  const state = { elapsed: 0, reads: [] as number[], sleeps: [] as number[], described: 0 };
  const ending = new AbortController();
  const pass = (milliseconds: number) => {
    state.elapsed += milliseconds;
    if (state.elapsed >= deadline * 1000) ending.abort();
  };
  const facts: LogFields = {};
  const get = (caller: Caller = alice, query: object = {}) =>
    getAccessRequest(
      {
        policy,
        findInstance: async () => {
          state.described += 1;
          return instance;
        },
        store: {
          read: async () => {
            if (ending.signal.aborted) throw new Problem("deadline-exceeded");
            pass(readTime);
            state.reads.push(state.elapsed / 1000);
            return at(state.elapsed / 1000);
          },
        },
        people: { wasSeen: async (id) => id !== "grcae" },
        sleep: async (milliseconds) => {
          expect(milliseconds).toBeGreaterThanOrEqual(0);
          state.sleeps.push(milliseconds);
          pass(milliseconds);
        },
      },
      { caller, id: pending.id, ...waitQuery.parse(query) },
      testContext({
        clock: () => new Date(start + state.elapsed + (state.sleeps.length > 0 ? jump : 0)),
        deadlineAt: new Date(start + deadline * 1000),
        signal: ending.signal,
        fields: facts,
      }),
    );
  return { get, state, facts };
}

test.each<[sentence: string, changes: Partial<AccessRequest>, subjectSeen: boolean | undefined]>([
  ["whether its subject was ever seen, if somebody else asked", { requestedBy: "bob" }, true],
  ["that a subject with a typing error never was", { requestedBy: "bob", subject: "grcae" }, false],
  ["nothing of it to a request of the subject's own", { requestedBy: "alice" }, undefined],
])("a request by its id says %s", async (_, changes, subjectSeen) => {
  const { get } = world({ at: () => ({ ...pending, ...changes }) });
  expect((await get(bob)).subjectSeen).toBe(subjectSeen);
});

describe("what the caller may not view is not found, and not waited for", () => {
  test.each<[sentence: string, world: World]>([
    ["a request that does not exist", { at: () => undefined }],
    ["a request for an instance that they may not view", { policy: fakePolicy({ view: false }) }],
    ["a request for an instance that no longer exists", { instance: undefined }],
    [
      "a request for an instance with a namesake in another account",
      { instance: { ...web, accountId: "444455556666" } },
    ],
    ["a request for an instance with a namesake in another region", { instance: { ...web, region: "eu-west-1" } }],
  ])("%s", async (_, options) => {
    const { get, state } = world(options);
    expect(await problemFrom(() => get(bob, { wait: "25" }))).toMatchObject({ code: "access-request-not-found" });
    expect([state.reads.length, state.sleeps.length]).toEqual([1, 0]);
  });
});

describe("a request is visible", () => {
  test.each<[sentence: string, caller: Caller, request: AccessRequest]>([
    ["to its subject", alice, { ...pending, requestedBy: "bot" }],
    ["to its requester", bob, { ...pending, requestedBy: "bob" }],
  ])("%s, though the instance is gone, and EC2 is not asked", async (_, caller, request) => {
    const { get, state } = world({ at: () => request, instance: undefined, policy: fakePolicy({ view: false }) });
    expect(await get(caller)).toMatchObject({ id: pending.id, status: "pending" });
    expect(state.described).toBe(0);
  });

  test("to those who may view its instance, evaluated once, before the wait", async () => {
    const policy = fakePolicy();
    const { get, state } = world({ policy });
    await get(bob, { wait: "25" });
    expect([state.described, policy.questions.length]).toEqual([1, 1]);
  });
});

test("the log line names the request, even if the caller may not view it", async () => {
  const { id, osUser } = pending;
  const { instanceId } = targetOf(pending);
  for (const policy of [fakePolicy(), fakePolicy({ view: false })]) {
    const { get, facts } = world({ policy });
    await get(bob).catch(() => {});
    expect(facts).toEqual({ accessRequestId: id, instanceId, osUser });
  }
});

describe("without a wait", () => {
  test.each([[{}], [{ wait: "0" }]])("one read and one response: %j", async (query) => {
    const { get, state } = world();
    const response = JSON.parse(JSON.stringify(await get(alice, query)));
    expect(accessRequest.parse(response)).toEqual(response);
    expect(state).toMatchObject({ reads: [0], sleeps: [] });
  });

  test("the status is the current one", async () => {
    const late = { ...pending, pendingUntil: later(0) };
    expect(await world({ at: () => late }).get()).toMatchObject({ status: "expired" });
  });
});

describe("a wait of any length", () => {
  const waits = Array.from({ length: 26 }, (_, wait) => wait);

  test.each(waits)("%d s: at most fourteen reads, evenly spaced, the last at the end", async (wait) => {
    const { get, state } = world();
    expect(await get(alice, { wait: String(wait) })).toMatchObject({ status: "pending" });
    expect(state.reads.length).toBeLessThanOrEqual(14);
    expect(state.elapsed).toBeCloseTo(wait * 1000, 3);
    expect(state.reads.at(-1)).toBeCloseTo(wait, 3);
    for (const pause of state.sleeps) expect(pause).toBeCloseTo(wait * (1000 / state.sleeps.length), 3);
  });

  test.each(waits)("%d s with slow reads: no more reads, and over by no more than the last one takes", async (wait) => {
    const { get, state } = world({ readTime: 200 });
    await get(alice, { wait: String(wait) });
    expect(state.reads.length).toBeLessThanOrEqual(14);
    expect(state.elapsed).toBeLessThanOrEqual(Math.max(wait * 1000, 0) + 400);
  });

  test("reads that are slower than the pauses follow one another", async () => {
    const { get, state } = world({ readTime: 2500 });
    await get(alice, { wait: "20" });
    expect(state.sleeps).toContain(0);
    expect(state.reads.length).toBeLessThanOrEqual(14);
  });

  test.each([-3600_000, -1500, 1500, 3600_000])("a clock that jumps by %d ms makes no wait longer", async (jump) => {
    const { get, state } = world({ jump });
    await get(alice, { wait: "25" });
    expect(state.reads.length).toBeLessThanOrEqual(14);
    expect(state.elapsed).toBeLessThanOrEqual(25_000 + 0.001);
  });
});

describe("the wait ends at once", () => {
  const changeAt = (moment: number, next: AccessRequest) => (seconds: number) => (seconds < moment ? pending : next);

  test.each<[sentence: string, next: AccessRequest, told: object]>([
    ["when it is active", approved, { status: "active" }],
    ["when it is denied", { ...pending, status: "denied", sequence: 3 }, { status: "denied" }],
    [
      "when a review leaves it pending",
      { ...pending, sequence: 2, reviews: [{ reviewer: "bob", decision: "approve", at: later(7) }] },
      { status: "pending", reviews: [{ reviewer: "bob" }] },
    ],
  ])("%s", async (_, next, told) => {
    const { get, state } = world({ at: changeAt(7, next) });
    expect(await get(alice, { wait: "25" })).toMatchObject(told);
    expect(state.elapsed).toBeGreaterThanOrEqual(7000);
    expect(state.elapsed).toBeLessThan(9000);
  });

  test("when it expires, even if nothing has recorded that", async () => {
    const { get, state } = world({ at: () => ({ ...pending, pendingUntil: later(7) }) });
    expect(await get(alice, { wait: "25" })).toMatchObject({ status: "expired" });
    expect(state.elapsed).toBeLessThan(9000);
  });

  test.each(["denied", "cancelled", "expired", "revoked"] as const)("when it is %s already", async (status) => {
    const { get, state } = world({ at: () => ({ ...pending, status, endedAt: later(0) }) });
    expect(await get(alice, { wait: "25" })).toMatchObject({ status });
    expect(state).toMatchObject({ reads: [0], sleeps: [] });
  });
});

test("the wait continues if only its reservation has changed", async () => {
  const reserved = (seconds: number) => activeAccess({ expiresAt: later(3600), pushBy: later(seconds + 5) });
  const { get, state } = world({ at: reserved });
  expect(await get(alice, { wait: "25" })).toMatchObject({ status: "active" });
  expect(state.elapsed).toBeCloseTo(25_000, 3);
});

test("the wait continues if a read finds nothing, as between the two writes that archive a request", async () => {
  const { get, state } = world({ at: (seconds) => (seconds > 5 && seconds < 8 ? undefined : pending) });
  expect(await get(alice, { wait: "25" })).toMatchObject({ status: "pending" });
  expect(state.elapsed).toBeCloseTo(25_000, 3);
});

describe("the deadline", () => {
  test.each([
    ["the function's 28 s, less the reserve, leave the whole wait", 26, 25],
    ["a nearer deadline shortens it, with a second left for the last read", 10, 9],
    ["a deadline that is almost reached leaves no wait", 1, 0],
    ["a deadline that has passed leaves no wait", -1, 0],
  ])("%s", async (_, deadline, waited) => {
    const { get, state } = world({ deadline });
    expect(await get(alice, { wait: "25" })).toMatchObject({ status: "pending" });
    expect(state.elapsed / 1000).toBeCloseTo(waited, 3);
  });

  test("if it cuts a sleep, the response is what is known", async () => {
    const { get, state } = world({ deadline: 26, readTime: 600, jump: -3600_000 });
    expect(await get(alice, { wait: "25" })).toMatchObject({ status: "pending" });
    expect(state.elapsed).toBeGreaterThanOrEqual(26_000);
  });
});

describe("a wait since an updatedAt that the caller has seen", () => {
  const reviewed: AccessRequest = {
    ...pending,
    sequence: 2,
    reviews: [{ reviewer: "bob", decision: "approve", at: later(-60) }],
  };

  test("does not wait if the request has changed since", async () => {
    const { get, state } = world({ at: () => reviewed });
    expect(await get(alice, { wait: "25", since: pending.createdAt })).toMatchObject({ updatedAt: later(-60) });
    expect(state).toMatchObject({ reads: [0], sleeps: [] });
  });

  test.each([
    ["in our own form", later(-60)],
    ["with other decimals", later(-60).replace(".000Z", "Z")],
  ])("waits if it is the last change, %s", async (_, since) => {
    const { get, state } = world({ at: () => reviewed });
    expect(await get(alice, { wait: "10", since })).toMatchObject({ updatedAt: later(-60) });
    expect(state.elapsed).toBeCloseTo(10_000);
  });

  test("an expiry has one time, before and after the sweep records it", async () => {
    const late = { ...pending, pendingUntil: later(-5) };
    const swept: AccessRequest = { ...late, status: "expired", endedAt: later(-1), sequence: 2 };
    expect(await world({ at: () => late }).get()).toMatchObject({ updatedAt: later(-5) });
    expect(await world({ at: () => swept }).get()).toMatchObject({ updatedAt: later(-5) });
  });
});
