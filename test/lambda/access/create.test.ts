import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessRequest } from "../../../contract/access-request.ts";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { createAccessRequest } from "../../../lambda/access/create.ts";
import { cancelAccessRequest } from "../../../lambda/access/end.ts";
import type { AccessStore } from "../../../lambda/access/ports.ts";
import { peopleTable } from "../../../lambda/aws/dynamodb/person-table.ts";
import { currentAccessKey, personKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, accessSettings, callers, vault, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { engineWith, samplePolicies, schema } from "../../support/policy-engine.ts";
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

/** A world in which these may review, and `connect` needs what they approve. Everybody may do everything else. */
function worldOf(reviewers: string, needed = "context.access.approvals >= 1"): AccessWorld {
  const apart = '[Latchkey::Action::"connect", Latchkey::Action::"review"].contains(action)';
  return new AccessWorld(
    engineWith(
      {
        all: `permit (principal, action, resource) unless { ${apart} };`,
        reviewers: `permit (principal, action == Latchkey::Action::"review", resource) when { ${reviewers} };`,
        needed: `permit (principal is Latchkey::Person, action == Latchkey::Action::"connect", resource)
          when { context has access && (${needed}) };`,
      },
      schema,
      ["roster"],
    ),
  );
}

/** The number of calls that wrote something. */
const writes = () =>
  table.service.requests.filter(({ headers }) => /Put|Update/.test(String(headers["x-amz-target"]))).length;

describe("refused, with nothing written:", () => {
  test.each<[string, Who, Record<string, unknown>, object]>([
    [
      "break-glass for somebody else, before anything is read",
      "chatbot",
      { subject: "alice", breakGlass: true, instanceId: "i-0000000000000000f" },
      { code: "invalid-request", errors: [{ pointer: "/breakGlass", code: "not-for-others" }] },
    ],
    [
      "a subject whose id no source of identities may assert, before anything is read",
      "chatbot",
      { subject: "alice@exmaple.com", instanceId: "i-0000000000000000f" },
      { code: "invalid-request", errors: [{ pointer: "/subject", code: "unknown-person" }] },
    ],
    ["an instance that is not there", "alice", { instanceId: "i-0000000000000000f" }, { code: "instance-not-found" }],
    ["an instance that nobody may view", "alice", { instanceId: vault.instanceId }, { code: "instance-not-found" }],
    ["an instance that a guest may not view", "carol", {}, { code: "instance-not-found" }],
    ["a person of another account", "frank of another account", {}, { code: "instance-not-found" }],
    ["a machine for itself", "chatbot", {}, { code: "access-denied" }],
    ["an engineer for a colleague", "alice", { subject: "dave" }, { code: "access-denied" }],
    ["on-call for a colleague", "bob", { subject: "alice" }, { code: "access-denied" }],
    ["break-glass by an engineer", "alice", { breakGlass: true }, { code: "access-denied" }],
    ["break-glass as root", "bob", { breakGlass: true, osUser: "root" }, { code: "access-denied" }],
    ["an OS user that no approval permits", "alice", { osUser: "nobody" }, { code: "access-denied" }],
    [
      "such an OS user, requested by a bot",
      "chatbot",
      { subject: "alice", osUser: "nobody" },
      { code: "access-denied" },
    ],
    [
      "a second more than policy's maximum",
      "alice",
      { durationSeconds: 28_801 },
      { code: "access-denied", detail: "Policy permits access for at most 8h." },
    ],
    [
      "a second more than a bot may request",
      "chatbot",
      { subject: "alice", durationSeconds: 28_801 },
      { code: "access-denied", detail: "Policy permits access for at most 8h." },
    ],
    [
      "a second more than break-glass lasts",
      "bob",
      { breakGlass: true, durationSeconds: 3601 },
      { code: "access-denied", detail: "Policy permits access for at most 1h." },
    ],
  ])("%s", async (_, who, body, problem) => {
    expect(await problemFrom(() => world.create(who, body))).toMatchObject(problem);
    expect(writes()).toBe(0);
  });

  test("too long, even if a request is open", async () => {
    await world.create("alice");
    const before = writes();
    expect(await problemFrom(() => world.create("alice", { durationSeconds: 28_801 }))).toMatchObject({
      code: "access-denied",
    });
    expect(writes()).toBe(before);
  });
});

describe("a request", () => {
  test("is pending until it has the approvals that policy requires, or times out", async () => {
    const response = await world.create("alice", { osUser: "root" });
    expect(accessRequest.parse(response)).toEqual({
      id: expect.stringMatching(/^ar-[0-9a-f]{32}-[0-9a-f]{12}$/),
      status: "pending",
      subject: "alice",
      requestedBy: "alice",
      scope: { instanceId: world.prod.instanceId },
      instanceId: world.prod.instanceId,
      osUser: "root",
      durationSeconds: 3600,
      reason: "INC-42",
      breakGlass: false,
      requirements: { approvals: 2, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
      reviews: [],
      createdAt: later(0).toISOString(),
      updatedAt: later(0).toISOString(),
      pendingUntil: later(3600).toISOString(),
    });
    expect(await eventsOf(response.id)).toMatchObject([
      {
        type: "latchkey.access-request.created",
        data: { actor: "alice", policies: ["prod-request"], policyDigest: samplePolicies.digest },
      },
    ]);
    expect(world.facts).toMatchObject({ accessRequestId: response.id, policies: ["prod-request"] });
  });

  test("is logged by its id, instance and OS user, even if it is refused or its write fails", async () => {
    const noted = { instanceId: world.prod.instanceId, osUser: "nobody" };
    expect(await problemFrom(() => world.create("alice", { osUser: "nobody" }))).toMatchObject({
      code: "access-denied",
    });
    expect(world.facts).toMatchObject(noted);
    world.store.create = () => Promise.reject(new Error("The table is out of reach"));
    await expect(world.create("alice")).rejects.toThrow("out of reach");
    expect(world.facts).toMatchObject({ osUser: "ec2-user", accessRequestId: expect.stringMatching(/^ar-/) });
  });

  test("is active at once if policy requires no approval", async () => {
    const response = await world.create("alice", { instanceId: web.instanceId, osUser: "ubuntu" });
    expect(response).toMatchObject({
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

  test("by a bot for a person belongs to that person, and needs what their most demanding role needs", async () => {
    const response = await world.create("chatbot", { subject: "alice", osUser: "root" });
    expect(response).toMatchObject({
      status: "pending",
      subject: "alice",
      requestedBy: callers.chatbot.id,
      requirements: { approvals: 2, reason: true },
    });
    expect(await eventsOf(response.id)).toMatchObject([
      { data: { actor: callers.chatbot.id, subject: "alice", policies: ["prod-delegate"] } },
    ]);
  });

  test("may name the caller as its subject", async () => {
    expect(await world.create("bob", { subject: "bob", breakGlass: true })).toMatchObject({ status: "active" });
  });
});

describe("the same request again", () => {
  test.each<[string, (id: string) => Promise<unknown>, Who, Record<string, unknown>, string]>([
    ["while it is pending", async () => {}, "alice", {}, "pending"],
    [
      "for another duration, with another reason",
      async () => {},
      "alice",
      { durationSeconds: 60, reason: "x" },
      "pending",
    ],
    ["by a bot for the subject, who has asked", async () => {}, "chatbot", { subject: "alice" }, "pending"],
    ["while it is active", (id) => world.review("bob", id), "alice", {}, "active"],
  ])("%s gets the existing request", async (_, prepare, who, body, status) => {
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
      "has expired, which nothing has recorded yet",
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

  const byBot = { subject: "alice", osUser: "root", durationSeconds: 28_800, reason: "The bot's" };

  test("the subject's own request replaces a pending one that others made, and its reviews", async () => {
    const first = await world.create("chatbot", byBot);
    await world.review("bob", first.id);
    const second = await world.create("alice", { osUser: "root" });
    expect(second).toMatchObject({ status: "pending", requestedBy: "alice", reason: "INC-42", reviews: [] });
    expect(second).not.toHaveProperty("isPreexisting");
    expect(await world.store.read(first.id, signal)).toMatchObject({
      status: "cancelled",
      requestedBy: callers.chatbot.id,
    });
    expect(await world.create("chatbot", byBot)).toMatchObject({ id: second.id, isPreexisting: true });
    expect(await world.create("alice", { osUser: "root" })).toMatchObject({ id: second.id, isPreexisting: true });
  });

  test("the subject's own request keeps an active one that others made", async () => {
    const first = await world.create("chatbot", { subject: "alice" });
    await world.review("bob", first.id);
    expect(await world.create("alice")).toMatchObject({ id: first.id, status: "active", isPreexisting: true });
  });

  test("a millisecond before it expires gets the same request", async () => {
    const first = await world.create("alice");
    world.now = later(3599.999);
    expect(await world.create("alice")).toMatchObject({ id: first.id, isPreexisting: true });
  });

  test("for another OS user, instance or subject makes another request", async () => {
    const all = [
      await world.create("alice"),
      await world.create("alice", { osUser: "root" }),
      await world.create("alice", { instanceId: web.instanceId, osUser: "admin" }),
      await world.create("dave"),
    ];
    expect(new Set(all.map(({ id }) => id)).size).toBe(4);
    expect(all.some((one) => "isPreexisting" in one)).toBe(false);
  });

  test("ten times at once makes one request", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => world.create("alice")));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.filter((one) => !one.isPreexisting)).toHaveLength(1);
  });

  test("ten times at once after an expiry makes one new request, and records one expiry", async () => {
    const first = await world.create("alice");
    world.now = later(3600);
    const all = await Promise.all(Array.from({ length: 10 }, () => world.create("alice")));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await world.store.read(first.id, signal)).toMatchObject({ status: "expired", sequence: 2 });
  });
});

describe("whether the subject was ever seen", () => {
  test("stands in the response to a request for somebody else, and in no other", async () => {
    const people = peopleTable(boundTable);
    expect(await world.create("chatbot", { subject: "grace" })).toMatchObject({ subjectSeen: false });
    await people.refresh({ ...callers.alice, id: "grace" }, later(0), signal);
    expect(await world.create("chatbot", { subject: "grace" })).toMatchObject({
      subjectSeen: true,
      isPreexisting: true,
    });
    expect(await world.create("alice")).not.toHaveProperty("subjectSeen");
  });

  test("is kept with the groups and the front door of the latest call", async () => {
    const people = peopleTable(boundTable);
    await people.refresh(callers.dave, later(10), signal);
    await people.refresh(callers["bob as Engineer"], later(0), signal);
    await people.refresh({ ...callers.dave, groups: ["Slower"] }, later(5), signal);
    expect(await table.stored(personKey("dave"))).toEqual({
      ...personKey("dave"),
      ...{ v: 1, kind: "person", groups: ["Engineer"], frontDoor: "iam", seenAt: later(10).toISOString() },
    });
  });
});

describe("the quota of open requests", () => {
  const dev = (osUser: string) => ({ instanceId: web.instanceId, osUser });
  /** Each test has a bot of its own: all share the table. */
  const quotas = (openRequests: number, openRequestsPerSubject: number, who: Who, requester: string) => {
    const caller = { ...callers[who], id: requester };
    const settings = { ...accessSettings, quotas: { openRequests, openRequestsPerSubject } };
    return (body: Partial<Parameters<typeof createAccessRequest>[2]> = {}) => {
      const usual = { instanceId: world.prod.instanceId, osUser: "ec2-user", durationSeconds: 3600, reason: "INC-42" };
      return createAccessRequest(world.ports, settings, { caller, ...usual, ...body }, world.context());
    };
  };

  test("counts a bot per requester and subject, and in all", async () => {
    const ask = quotas(3, 2, "chatbot", "111122223333/BotOne");
    await ask({ subject: "judy" });
    await ask({ subject: "judy", osUser: "root" });
    expect(await problemFrom(() => ask({ subject: "judy", ...dev("admin") }))).toMatchObject({
      code: "throttled",
      limit: "open-requests-per-subject",
      headers: { "Retry-After": "3600" },
    });
    await ask({ subject: "dave" });
    expect(await problemFrom(() => ask({ subject: "erin" }))).toMatchObject({ limit: "open-requests" });
    // The subject's own quota is untouched.
    await quotas(1, 1, "alice", "judy")(dev("ubuntu"));
  });

  test("is checked only at the write that creates, and never holds back a review, a cancellation, a revoke or break-glass", async () => {
    const ask = quotas(1, 1, "bob", "heidi");
    const first = await ask();
    expect(await ask()).toMatchObject({ id: first.id, isPreexisting: true });
    expect(await problemFrom(() => ask({ osUser: "root" }))).toMatchObject({ code: "throttled" });
    await world.review("erin", first.id);
    await world.revoke("erin", first.id);
    expect(await ask({ breakGlass: true })).toMatchObject({ status: "active", breakGlass: true });
    world.now = later(60);
    expect(await ask({ osUser: "root" })).toMatchObject({ status: "pending" });
  });

  test.each<[string, (id: string) => Promise<unknown>]>([
    ["was denied", (id) => world.review("bob", id, "deny")],
    [
      "has expired, which nothing has recorded yet",
      async () => {
        world.now = later(3600);
      },
    ],
  ])("has room again once a request %s", async (how, end) => {
    const ask = quotas(1, 1, "alice", `alice-${how.length}`);
    const { id } = await ask();
    expect(await problemFrom(() => ask({ osUser: "root" }))).toMatchObject({ code: "throttled" });
    await end(id);
    world.now = later(3600);
    expect(await ask({ osUser: "root" })).toMatchObject({ status: "pending" });
  });

  test("holds a caller back who asks and cancels again and again", async () => {
    const ask = quotas(2, 2, "alice", "peggy");
    const cancel = (id: string) =>
      cancelAccessRequest(
        world.ports,
        accessSettings,
        { caller: { ...callers.alice, id: "peggy" }, id },
        world.context(),
      );
    for (const second of [0, 10]) {
      world.now = later(second);
      await cancel((await ask()).id);
    }
    world.now = later(20);
    expect(await problemFrom(() => ask())).toMatchObject({ code: "throttled", headers: { "Retry-After": "40" } });
    world.now = later(60);
    expect(await ask()).toMatchObject({ status: "pending" });
    expect(await problemFrom(() => ask({ osUser: "root" }))).toMatchObject({ headers: { "Retry-After": "10" } });
  });

  test("counts a request that was never written for a minute only", async () => {
    const ask = quotas(1, 1, "alice", "ivan");
    const lost = { ...world.store, create: () => Promise.reject(new Problem("upstream-failure")) };
    const { ports } = world;
    Object.assign(world, { ports: { ...ports, store: lost } });
    expect(await problemFrom(() => ask())).toMatchObject({ code: "upstream-failure" });
    Object.assign(world, { ports });
    expect(await problemFrom(() => ask())).toMatchObject({ code: "throttled", headers: { "Retry-After": "60" } });
    world.now = later(60);
    expect(await ask()).toMatchObject({ status: "pending" });
  });

  test("counts a request once, however often its creation is retried under an Idempotency-Key", async () => {
    const ask = quotas(2, 2, "alice", "olga");
    const attempt = { resultId: "00000000-0000-4000-8000-0000000000a1", isRepeated: true };
    const { ports } = world;
    const lost = { ...world.store, create: () => Promise.reject(new Problem("upstream-failure")) };
    Object.assign(world, { ports: { ...ports, store: lost } });
    for (const second of [1, 2]) {
      world.now = later(second);
      expect(await problemFrom(() => ask({ attempt }))).toMatchObject({ code: "upstream-failure" });
    }
    Object.assign(world, { ports });
    world.now = later(3);
    expect(await ask({ attempt })).toMatchObject({ status: "pending" });
    expect(await ask({ osUser: "root" })).toMatchObject({ status: "pending" });
    expect(await problemFrom(() => ask(dev("ubuntu")))).toMatchObject({ code: "throttled" });
  });

  test("holds even if many requests come at once", async () => {
    const ask = quotas(100, 2, "chatbot", "111122223333/BotTwo");
    const users = ["ec2-user", "root"].map((osUser) => ({ subject: "leo", osUser }));
    const more = ["ec2-user", "ubuntu", "admin"].map((osUser) => ({ subject: "leo", ...dev(osUser) }));
    const all = await Promise.allSettled([...users, ...more].map((body) => ask(body)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  });
});

describe("break-glass", () => {
  test("gives access when nobody can approve", async () => {
    world = new AccessWorld(
      engineWith({
        all: `permit (principal, action, resource)
          unless { [Latchkey::Action::"connect", Latchkey::Action::"review"].contains(action) };`,
        enter: `permit (principal, action == Latchkey::Action::"connect", resource)
          when { context has access && (context.access.breakGlass || context.access.approvals >= 1) };`,
      }),
    );
    expect(await problemFrom(() => world.create("bob"))).toMatchObject({ code: "nobody-can-approve" });
    expect(await world.create("bob", { breakGlass: true })).toMatchObject({ status: "active", reviews: [] });
  });

  test("is active at once, with a mark and an event of its own", async () => {
    const response = await world.create("bob", { breakGlass: true });
    expect(response).toMatchObject({
      status: "active",
      breakGlass: true,
      requirements: { approvals: 0, reason: true },
      expiresAt: later(3600).toISOString(),
    });
    const events = await eventsOf(response.id);
    expect(events.map(({ type }) => type.slice("latchkey.".length))).toEqual([
      "access-request.created",
      "access-request.activated",
      "break-glass.used",
    ]);
    for (const { data } of events) {
      expect(data).toMatchObject({ breakGlass: true, policies: ["prod-request-break-glass"] });
    }
  });

  test("cancels a pending request first, and does not wait for it", async () => {
    const pending = await world.create("bob");
    const response = await world.create("bob", { breakGlass: true });
    expect(response).toMatchObject({ status: "active", breakGlass: true });
    expect(response).not.toHaveProperty("isPreexisting");
    expect(await world.store.read(pending.id, signal)).toMatchObject({ status: "cancelled", sequence: 2 });
  });

  test("is not used if access is active already", async () => {
    const first = await world.create("bob");
    await world.review("erin", first.id);
    expect(await world.create("bob", { breakGlass: true })).toMatchObject({
      id: first.id,
      breakGlass: false,
      isPreexisting: true,
    });
  });

  test("is refused if policy permits the request but would not permit a connection", async () => {
    world = new AccessWorld({
      ...samplePolicies,
      decide: (question) =>
        question.action === "connect" ? { allowed: false, policies: [] } : samplePolicies.decide(question),
    });
    expect(await problemFrom(() => world.create("bob", { breakGlass: true }))).toMatchObject({ code: "access-denied" });
  });
});

describe("concurrent requests", () => {
  /** A store in which something happens just before each of the first writes. */
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

  test("a faster request is returned", async () => {
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

  test("a creation whose response was lost returns its own request, even if that was cancelled meanwhile", async () => {
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
    const response = await slower.create("alice");
    expect(response).toMatchObject({ status: "cancelled" });
    expect(response).not.toHaveProperty("isPreexisting");
  });
});

describe("a request that nobody could approve is refused, with nothing written:", () => {
  const [bob, onCall] = ['principal == Latchkey::Person::"bob"', 'principal in Latchkey::Group::"OnCall"'];
  const roster = 'principal == Latchkey::Machine::"111122223333/Roster"';
  const byRoster = 'context.access.integrations.contains("roster")';

  test.each<[sentence: string, given: AccessWorld, who: Who, suspended: readonly string[], body?: object]>([
    ["the only reviewer asks", worldOf(bob), "bob", []],
    ["the only reviewer gets the access", worldOf(bob), "chatbot", [], { subject: "bob" }],
    ["the only reviewer is suspended", worldOf(bob), "alice", ["bob"]],
    ["the only integration is suspended", worldOf(roster, byRoster), "alice", ["111122223333/Roster"]],
    [
      "the only integration asks, by its other identity",
      worldOf(roster, byRoster),
      "roster by the other door",
      [],
      { subject: "alice" },
    ],
    [
      "reviewers are of instances with another tag",
      worldOf(`${onCall} && resource.hasTag("env") && resource.getTag("env") == "dev"`),
      "alice",
      [],
      { scope: { tags: { env: "prod" } }, instanceId: undefined },
    ],
  ])("%s", async (_, given, who, suspended, body = {}) => {
    for (const id of suspended) await given.suspend("erin", id);
    const before = writes();
    expect(await problemFrom(() => given.create(who, body))).toMatchObject({
      code: "nobody-can-approve",
      requirements: { reviewers: [] },
    });
    expect(writes()).toBe(before);
  });

  test.each<
    [sentence: string, given: AccessWorld, who: Who, suspended: readonly string[], reviewers: object[], body?: object]
  >([
    [
      "the other of two reviewers is suspended",
      worldOf(`${bob} || principal == Latchkey::Person::"erin"`),
      "alice",
      ["bob"],
      [{ kind: "person", name: "erin" }],
    ],
    [
      "a group may review, though one of it is suspended",
      worldOf(onCall),
      "alice",
      ["bob"],
      [{ kind: "group", name: "OnCall" }],
    ],
    ["the reviewer was restored", worldOf(bob), "alice", [], [{ kind: "person", name: "bob" }]],
    [
      "an integration may review by its other identity",
      worldOf("principal is Latchkey::Machine", byRoster),
      "alice",
      ["github/roster/1"],
      [{ kind: "integration", name: "roster" }],
    ],
    [
      "reviewers are of instances with its tag",
      worldOf(`${onCall} && resource.hasTag("env") && resource.getTag("env") == "prod"`),
      "alice",
      [],
      [{ kind: "group", name: "OnCall" }],
      { scope: { tags: { env: "prod" } }, instanceId: undefined },
    ],
  ])("but not if %s", async (_, given, who, suspended, reviewers, body = {}) => {
    for (const id of ["bob", "github/roster/1"]) await given.suspend("erin", id, suspended.includes(id));
    expect((await given.create(who, body)).requirements.reviewers).toEqual(reviewers);
  });
});
