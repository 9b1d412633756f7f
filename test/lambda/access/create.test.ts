import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessRequest } from "../../../contract/access-request.ts";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import type { AccessStore } from "../../../lambda/access/ports.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, callers, samplePolicies, vault, type Who } from "../../support/access-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { problemFrom } from "../../support/problems.ts";
import { web } from "../../support/samples.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
const eventsOf = async (id: string) => ((await stored(id))?.["events"] ?? []) as { type: string; data: object }[];
const { signal } = new AbortController();

/** The calls that have written something. */
const writes = () =>
  table.service.requests.filter(({ headers }) => /Put|Update/.test(String(headers["x-amz-target"]))).length;

describe("refused, with nothing written:", () => {
  test.each<[string, Who, Record<string, unknown>, object]>([
    [
      "break-glass for somebody else, before anything is looked at",
      "chatbot",
      { subject: "alice", breakGlass: true, instanceId: "i-0000000000000000f" },
      { code: "invalid-request", errors: [{ pointer: "/breakGlass", code: "not-for-others" }] },
    ],
    ["an instance that is not there", "alice", { instanceId: "i-0000000000000000f" }, { code: "instance-not-found" }],
    ["one that nobody sees", "alice", { instanceId: vault.instanceId }, { code: "instance-not-found" }],
    ["one that a guest does not see", "carol", {}, { code: "instance-not-found" }],
    ["a person of another account", "frank of another account", {}, { code: "instance-not-found" }],
    ["a machine for itself", "chatbot", {}, { code: "access-denied" }],
    ["an engineer for a colleague", "alice", { subject: "dave" }, { code: "access-denied" }],
    ["on-call for a colleague", "bob", { subject: "alice" }, { code: "access-denied" }],
    ["break-glass by an engineer", "alice", { breakGlass: true }, { code: "access-denied" }],
    ["break-glass as root", "bob", { breakGlass: true, osUser: "root" }, { code: "access-denied" }],
    ["a user that no approval would let in", "alice", { osUser: "nobody" }, { code: "access-denied" }],
    ["such a user, asked for by a bot", "chatbot", { subject: "alice", osUser: "nobody" }, { code: "access-denied" }],
    [
      "a second more than policy's longest",
      "alice",
      { durationSeconds: 28_801 },
      { code: "access-denied", detail: "Policy permits access for at most 28800 seconds." },
    ],
    [
      "a second more than a bot may ask for",
      "chatbot",
      { subject: "alice", durationSeconds: 28_801 },
      { code: "access-denied", detail: "Policy permits access for at most 28800 seconds." },
    ],
    [
      "a second more than break-glass lasts",
      "bob",
      { breakGlass: true, durationSeconds: 3601 },
      { code: "access-denied", detail: "Policy permits access for at most 3600 seconds." },
    ],
  ])("%s", async (_, who, body, problem) => {
    expect(await problemFrom(() => world.create(who, body))).toMatchObject(problem);
    expect(writes()).toBe(0);
  });

  test("too long, even where a request is open", async () => {
    await world.create("alice");
    const before = writes();
    expect(await problemFrom(() => world.create("alice", { durationSeconds: 28_801 }))).toMatchObject({
      code: "access-denied",
    });
    expect(writes()).toBe(before);
  });
});

describe("a request", () => {
  test("waits for as many approvals as policy asks for, by its time-out", async () => {
    const answer = await world.create("alice", { osUser: "root" });
    expect(accessRequest.parse(answer)).toEqual({
      id: expect.stringMatching(/^ar-[0-9a-f]{32}-[0-9a-f]{12}$/),
      status: "pending",
      subject: "alice",
      requestedBy: "alice",
      instanceId: world.prod.instanceId,
      osUser: "root",
      durationSeconds: 3600,
      reason: "INC-42",
      breakGlass: false,
      requirements: { approvals: 2, reason: true },
      reviews: [],
      createdAt: later(0).toISOString(),
      updatedAt: later(0).toISOString(),
      pendingUntil: later(3600).toISOString(),
    });
    expect(await eventsOf(answer.id)).toMatchObject([
      {
        type: "latchkey.access-request.created",
        data: { actor: "alice", policies: ["prod-request"], policyDigest: samplePolicies.digest },
      },
    ]);
    expect(world.facts).toMatchObject({ accessRequestId: answer.id, policies: ["prod-request"] });
  });

  test("is active at once where policy asks for none", async () => {
    const answer = await world.create("alice", { instanceId: web.instanceId, osUser: "ubuntu" });
    expect(answer).toMatchObject({
      status: "active",
      requirements: { approvals: 0, reason: false },
      activatedAt: later(0).toISOString(),
      expiresAt: later(3600).toISOString(),
    });
  });

  test.each([
    ["longest", { durationSeconds: 28_800 }],
    ["least", { durationSeconds: 1 }],
  ])("may be for the %s time", async (_, body) => {
    expect(await world.create("alice", body)).toMatchObject({ ...body, status: "pending" });
  });

  test("by a bot for a person is that person's, and needs what the most demanding role would", async () => {
    const answer = await world.create("chatbot", { subject: "alice", osUser: "root" });
    expect(answer).toMatchObject({
      status: "pending",
      subject: "alice",
      requestedBy: callers.chatbot.id,
      requirements: { approvals: 2, reason: true },
    });
    expect(await eventsOf(answer.id)).toMatchObject([
      { data: { actor: callers.chatbot.id, subject: "alice", policies: ["prod-delegate"] } },
    ]);
  });

  test("that names the caller as subject is the caller's own", async () => {
    expect(await world.create("bob", { subject: "bob", breakGlass: true })).toMatchObject({ status: "active" });
  });
});

describe("the same request again", () => {
  test.each<[string, (id: string) => Promise<unknown>, Who, Record<string, unknown>, string]>([
    ["while it is pending", async () => {}, "alice", {}, "pending"],
    ["for another time, with another reason", async () => {}, "alice", { durationSeconds: 60, reason: "x" }, "pending"],
    ["by a bot", async () => {}, "chatbot", { subject: "alice" }, "pending"],
    ["while it is active", (id) => world.review("bob", id), "alice", {}, "active"],
  ])("%s is answered with the one that is there", async (_, prepare, who, body, status) => {
    const first = await world.create("alice");
    await prepare(first.id);
    const before = await stored(first.id);
    expect(await world.create(who, body)).toMatchObject({ id: first.id, status, isPreexisting: true });
    expect(await stored(first.id)).toEqual(before);
    expect(world.facts.accessRequestId).toBe(first.id);
  });

  test.each<[string, (id: string) => Promise<unknown>, string, number]>([
    ["was denied", (id) => world.review("bob", id, "deny"), "denied", 3],
    ["was cancelled", (id) => world.cancel("alice", id), "cancelled", 2],
    [
      "was revoked",
      async (id) => {
        await world.review("bob", id);
        await world.revoke("alice", id);
      },
      "revoked",
      4,
    ],
    [
      "is out of time, which nobody has written yet",
      async () => {
        world.now = later(3600);
      },
      "expired",
      2,
    ],
  ])("is a new one where the last %s, and that one is kept", async (_, prepare, status, sequence) => {
    const first = await world.create("alice");
    await prepare(first.id);
    const second = await world.create("alice");
    expect(second).toMatchObject({ status: "pending" });
    expect(second).not.toHaveProperty("isPreexisting");
    expect(second.id).not.toBe(first.id);
    expect(await world.store.read(first.id, signal)).toMatchObject({ id: first.id, status, sequence });
    expect(await world.store.read(second.id, signal)).toMatchObject({ id: second.id, status: "pending" });
  });

  test("a millisecond before its time is over is the same", async () => {
    const first = await world.create("alice");
    world.now = later(3599.999);
    expect(await world.create("alice")).toMatchObject({ id: first.id, isPreexisting: true });
  });

  test("is another for another user, instance or subject", async () => {
    const all = [
      await world.create("alice"),
      await world.create("alice", { osUser: "root" }),
      await world.create("alice", { instanceId: web.instanceId, osUser: "admin" }),
      await world.create("dave"),
    ];
    expect(new Set(all.map(({ id }) => id)).size).toBe(4);
    expect(all.some((one) => "isPreexisting" in one)).toBe(false);
  });

  test("ten times at once is one request", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => world.create("alice")));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.filter((one) => !one.isPreexisting)).toHaveLength(1);
  });

  test("ten times at once over one that is out of time is one new one, and one expiry", async () => {
    const first = await world.create("alice");
    world.now = later(3600);
    const all = await Promise.all(Array.from({ length: 10 }, () => world.create("alice")));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await world.store.read(first.id, signal)).toMatchObject({ status: "expired", sequence: 2 });
  });
});

describe("break-glass", () => {
  test("is active at once, marked, with an event of its own", async () => {
    const answer = await world.create("bob", { breakGlass: true });
    expect(answer).toMatchObject({
      status: "active",
      breakGlass: true,
      requirements: { approvals: 0, reason: true },
      expiresAt: later(3600).toISOString(),
    });
    const events = await eventsOf(answer.id);
    expect(events.map(({ type }) => type.slice("latchkey.".length))).toEqual([
      "access-request.created",
      "access-request.activated",
      "break-glass.used",
    ]);
    for (const { data } of events) {
      expect(data).toMatchObject({ breakGlass: true, policies: ["prod-request-break-glass"] });
    }
  });

  test("does not wait behind a pending request: that is cancelled first", async () => {
    const pending = await world.create("bob");
    const answer = await world.create("bob", { breakGlass: true });
    expect(answer).toMatchObject({ status: "active", breakGlass: true });
    expect(answer).not.toHaveProperty("isPreexisting");
    expect(await world.store.read(pending.id, signal)).toMatchObject({ status: "cancelled", sequence: 2 });
  });

  test("is not used where access is active already", async () => {
    const first = await world.create("bob");
    await world.review("erin", first.id);
    expect(await world.create("bob", { breakGlass: true })).toMatchObject({
      id: first.id,
      breakGlass: false,
      isPreexisting: true,
    });
  });

  test("is of no use where policy lets it be asked for, but not connect", async () => {
    world = new AccessWorld({
      ...samplePolicies,
      decide: (question) =>
        question.action === "connect" ? { allowed: false, policies: [] } : samplePolicies.decide(question),
    });
    expect(await problemFrom(() => world.create("bob", { breakGlass: true }))).toMatchObject({ code: "access-denied" });
  });
});

describe("others in between", () => {
  /** A store in which something happens right before each of the first writes. */
  function disturbed(disturb: (store: AccessStore, id: number) => Promise<unknown>, times: number) {
    const { store } = new AccessWorld();
    let writes = 0;
    return {
      ...store,
      create: async (...[creation, ended, signal]: Parameters<AccessStore["create"]>) => {
        writes += 1;
        if (writes <= times) await disturb(store, writes);
        return store.create(creation, ended, signal);
      },
    };
  }

  test("one that was faster is answered", async () => {
    const other = new AccessWorld();
    const store = disturbed(() => other.create("alice"), 1);
    const slower = new AccessWorld(samplePolicies, { store });
    Object.assign(slower, { prod: other.prod, fleet: other.fleet });
    expect(await slower.create("alice")).toMatchObject({ isPreexisting: true });
  });

  test.each([
    [4, "isPreexisting"],
    [5, "upstream-unavailable"],
  ])("%d times another, gone at once, are %s", async (times, verdict) => {
    const other = new AccessWorld();
    const store = disturbed(async (_, write) => {
      const { id } = await other.create("alice");
      if (write < times || times === 5) await other.cancel("alice", id);
    }, times);
    const slower = new AccessWorld(samplePolicies, { store });
    Object.assign(slower, { prod: other.prod, fleet: other.fleet });
    if (verdict === "isPreexisting") expect(await slower.create("alice")).toMatchObject({ isPreexisting: true });
    else expect(await problemFrom(() => slower.create("alice"))).toMatchObject({ code: verdict });
  });

  test("its own, whose answer was lost, and which was cancelled meanwhile, is answered as it is", async () => {
    const other = new AccessWorld();
    const store: AccessStore = {
      ...other.store,
      create: async (creation, ended, signal) => {
        await other.store.create(creation, ended, signal);
        await other.cancel("alice", creation.next.id);
        return other.store.create(creation, ended, signal);
      },
    };
    const slower = new AccessWorld(samplePolicies, { store });
    Object.assign(slower, { prod: other.prod, fleet: other.fleet });
    const answer = await slower.create("alice");
    expect(answer).toMatchObject({ status: "cancelled" });
    expect(answer).not.toHaveProperty("isPreexisting");
  });
});
