import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { expireIfDue } from "../../../lambda/access/expire.ts";
import { reserveAccess } from "../../../lambda/access/reserve-access.ts";
import { accessReader } from "../../../lambda/aws/dynamodb/access-reads.ts";
import { reservationStore } from "../../../lambda/aws/dynamodb/access-table.ts";
import { connectReads } from "../../../lambda/aws/dynamodb/connect-reads.ts";
import { currentAccessKey, slotKeyPrefix } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { coveringAccesses } from "../../../lambda/connect/covering-access.ts";
import { defaultBounds } from "../../../lambda/policy/bounds.ts";
import type { PolicyQuestion } from "../../../lambda/policy/engine.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { place } from "../../support/samples.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const { signal } = new AbortController();
const iso = (seconds: number) => later(seconds).toISOString();
const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
const sweep = (id: string) => expireIfDue(world.store, accessTargetIdIn(id) ?? "", world.context());

/** Seconds after `createdAt` at which access starts and ends: two hours later, for an hour. */
const [start, end] = [7200, 10_800];

const ask = async (who: Who = "alice", body: object = {}) =>
  world.create(who, { subject: "alice", startsAt: iso(start), ...body });
/** alice's access to prod-1, which bob has approved before its start. */
async function scheduled(who: Who = "alice", body: object = {}) {
  const { id } = await ask(who, body);
  await world.review("bob", id);
  return id;
}
const bounded = (bounds: object) =>
  new AccessWorld({ ...samplePolicies, boundsOf: () => ({ ...defaultBounds, ...bounds }) });

/** Whether alice could connect now, and reserve access for that: by the world's clock. */
async function connects(): Promise<boolean> {
  const { instanceId } = world.prod;
  const target = { subject: "alice", ...place, instanceId, osUser: "ec2-user" };
  const { accessRequests } = await connectReads(boundTable).readForConnection(target, signal);
  const slots = await connectReads(boundTable).readSlots("alice", signal);
  const covered = { subject: "alice", osUser: "ec2-user", instance: world.prod, now: world.now };
  const rules = { policy: samplePolicies, scopeTags: ["team"] };
  const [request] = coveringAccesses([...accessRequests, ...slots], covered, rules);
  if (!request) return false;
  const pushBy = new Date(Math.min(world.now.getTime() + 5000, Date.parse(request.expiresAt)));
  const store = { ...reservationStore(boundTable), ...accessReader(boundTable) };
  return (await reserveAccess(store, { request, pushBy, now: world.now }, signal)) !== undefined;
}

describe("no access is scheduled", () => {
  test.each<[sentence: string, who: Who, body: object, refusal: object]>([
    ["59 s ahead", "alice", { startsAt: iso(59) }, { errors: [{ pointer: "/startsAt", code: "too-soon" }] }],
    ["a minute ago", "alice", { startsAt: iso(-60) }, { errors: [{ pointer: "/startsAt", code: "too-soon" }] }],
    [
      "a millisecond more than thirty days ahead",
      "alice",
      { startsAt: iso(30 * 86_400 + 0.001) },
      { errors: [{ pointer: "/startsAt", code: "too-late" }] },
    ],
    [
      "31 days ahead",
      "alice",
      { startsAt: iso(31 * 86_400) },
      { errors: [{ pointer: "/startsAt", code: "too-late" }] },
    ],
    [
      "with break-glass",
      "bob",
      { subject: undefined, breakGlass: true },
      { code: "invalid-request", errors: [{ pointer: "/breakGlass", code: "not-with-schedule" }] },
    ],
    ["for longer than policy permits", "alice", { durationSeconds: 28_801 }, { code: "access-denied" }],
    ["by a colleague, who may not ask for others", "dave", {}, { code: "access-denied" }],
    ["by a caller who may not see the instance", "carol", { subject: undefined }, { code: "instance-not-found" }],
  ])("%s", async (_, who, body, refusal) => {
    expect(await problemFrom(() => ask(who, body))).toMatchObject(refusal);
  });

  test("for a serial console alone", async () => {
    const console = `${world.prod.instanceId}.port0`;
    expect(await problemFrom(() => ask("alice", { osUser: console }))).toMatchObject({ code: "access-denied" });
  });
});

test.each([60, 30 * 86_400])("access is scheduled %d s ahead", async (seconds) => {
  expect(await ask("alice", { startsAt: iso(seconds) })).toMatchObject({ status: "pending", startsAt: iso(seconds) });
});

test("policy is evaluated with the time of the start, for asking and for connecting", async () => {
  const asked: PolicyQuestion[] = [];
  world = new AccessWorld({
    ...samplePolicies,
    decide(question) {
      asked.push(question);
      return samplePolicies.decide(question);
    },
  });
  await ask();
  const timed = asked.filter(({ action }) => action === "request" || action === "connect");
  expect(new Set(timed.map(({ action }) => action))).toEqual(new Set(["request", "connect"]));
  const time = expect.objectContaining({ epoch: Math.floor(later(start).getTime() / 1000) });
  for (const { context } of timed) expect(context["time"]).toEqual(time);
});

describe("scheduled access does not let its subject connect", () => {
  const at = (seconds: number) => async () => {
    world.now = later(seconds);
  };
  const during = at(start + 60);
  test.each<[sentence: string, prepare: (id: string) => Promise<unknown>]>([
    ["right after its approval", at(0)],
    ["a minute before its start", at(start - 60)],
    ["a millisecond before its start", at(start - 0.001)],
    ["at its end", at(end)],
    ["a day after its end", at(end + 86_400)],
    [
      "at its end, if only its start was recorded",
      async (id) => {
        await during();
        await sweep(id);
        await at(end)();
      },
    ],
    [
      "by a clock that has gone back before its start, which is recorded",
      async (id) => {
        await during();
        await sweep(id);
        await at(start - 1)();
      },
    ],
    [
      "by a clock that has gone back, once its end is recorded",
      async (id) => {
        await at(end)();
        await sweep(id);
        await during();
      },
    ],
    [
      "once its subject has cancelled it",
      async (id) => {
        await world.cancel("alice", id);
        await during();
      },
    ],
    [
      "once it was revoked before its start",
      async (id) => {
        await world.revoke("bob", id);
        await during();
      },
    ],
    [
      "once it was revoked after its start, which nothing has recorded",
      async (id) => {
        await during();
        await world.revoke("bob", id);
      },
    ],
    [
      "if its subject was suspended since",
      async () => {
        world.now = later(60);
        await world.suspend("erin", "alice");
        await during();
      },
    ],
    [
      "if its subject was suspended since, and restored",
      async () => {
        world.now = later(60);
        await world.suspend("erin", "alice");
        await world.suspend("erin", "alice", false);
        await during();
      },
    ],
    [
      "if its stored status says that it is active already",
      async (id) => {
        const item = await stored(id);
        await table.seed([JSON.parse(JSON.stringify({ ...item, status: "active", activatedAt: iso(0) }))]);
      },
    ],
  ])("%s", async (_, prepare) => {
    const id = await scheduled();
    await prepare(id);
    expect(await connects()).toBe(false);
  });

  test("if its reviewer was suspended since: its approval does not count", async () => {
    const id = await scheduled();
    world.now = later(60);
    await world.suspend("erin", "bob");
    expect(await problemFrom(() => world.extend("alice", id))).toMatchObject({ code: "request-not-active" });
    await during();
    const target = { subject: "alice", ...place, instanceId: world.prod.instanceId, osUser: "ec2-user" };
    const { accessRequests } = await connectReads(boundTable).readForConnection(target, signal);
    expect(accessRequests).toMatchObject([{ id, reviews: [] }]);
  });

  test("by a reservation of a function whose clock is behind, though it has read the request", async () => {
    const id = await scheduled();
    const request = await world.store.read(id, signal);
    if (!request) throw new Error("It was stored");
    const reserve = (seconds: number) =>
      reservationStore(boundTable).reserve(request, later(seconds + 5), later(seconds), signal);
    expect(await reserve(start - 0.001)).toBeUndefined();
    expect(await reserve(start)).toBeDefined();
  });

  test("while it is pending, or after a denial", async () => {
    world = bounded({ pendingTimeoutSeconds: end });
    const { id } = await ask();
    await during();
    expect(await connects()).toBe(false);
    await world.review("bob", id, "deny");
    expect(await connects()).toBe(false);
  });
});

describe("scheduled access", () => {
  test("lets its subject connect from its start to its end, to the millisecond, though nothing runs then", async () => {
    const id = await scheduled();
    for (const [at, expected] of [
      [start - 0.001, false],
      [start, true],
      [end - 0.001, true],
      [end, false],
    ] as const) {
      world.now = later(at);
      expect([at, await connects()]).toEqual([at, expected]);
    }
    expect(await stored(id)).toMatchObject({ status: "scheduled" });
  });

  test("is shown as scheduled until its start, then as active, then as expired, with the moment of each", async () => {
    const { id } = await ask();
    world.now = later(30);
    const shownBy = async (seconds: number) => {
      world.now = later(seconds);
      const problem = await problemFrom(() => world.review("erin", id));
      const page = await world.get("alice", id);
      return { ...page, code: problem.code };
    };
    expect(await world.review("bob", id)).toMatchObject({
      ...{ status: "scheduled", startsAt: iso(start), expiresAt: iso(end), grantedSeconds: 3600, updatedAt: iso(30) },
    });
    expect(await shownBy(start - 1)).toMatchObject({ status: "scheduled", updatedAt: iso(30) });
    expect(await shownBy(start - 1)).not.toHaveProperty("activatedAt", expect.anything());
    const started = { activatedAt: iso(start), updatedAt: iso(start), code: "request-not-pending" };
    expect(await shownBy(start)).toMatchObject({ status: "active", ...started });
    expect(await shownBy(end)).toMatchObject({ status: "expired", activatedAt: iso(start), updatedAt: iso(end) });
  });

  test("is due at its start, where the sweep records that it is active, once, and at its end", async () => {
    const id = await scheduled();
    expect(await stored(id)).toMatchObject({ listedAs: "scheduled", dueAt: iso(start) });
    world.now = later(start - 0.001);
    expect(await sweep(id)).toBe(false);
    world.now = later(start + 30);
    expect([await sweep(id), await sweep(id)]).toEqual([true, false]);
    expect(await stored(id)).toMatchObject({
      ...{ status: "active", listedAs: "active", activatedAt: iso(start), dueAt: iso(end) },
      events: [{ type: "latchkey.access-request.activated", data: { actor: "latchkey", startsAt: iso(start) } }],
    });
    world.now = later(end);
    expect(await sweep(id)).toBe(true);
    expect(await stored(id)).toMatchObject({ status: "expired" });
  });

  test.each<[sentence: string, at: number, act: (id: string) => Promise<unknown>, types: string[]]>([
    ["its end", end, sweep, ["activated", "expired"]],
    ["a revocation", start, (id) => world.revoke("bob", id), ["activated", "revoked"]],
    ["an extension", start, (id) => world.extend("alice", id), ["activated", "extension-requested"]],
  ])("tells of its start with %s, if nothing has before", async (_, at, act, types) => {
    const id = await scheduled();
    world.now = later(at);
    await act(id);
    const { events, sequence } = (await stored(id)) as { events: { type: string }[]; sequence: number };
    expect(events.map(({ type }) => type)).toEqual(types.map((type) => `latchkey.access-request.${type}`));
    expect(sequence).toBe(5);
  });

  test("that is approved late is active at once, and ends when it would have", async () => {
    world = bounded({ pendingTimeoutSeconds: end });
    const { id } = await ask();
    world.now = later(start + 600);
    expect(await world.review("bob", id)).toMatchObject({
      ...{ status: "active", activatedAt: iso(start + 600), expiresAt: iso(end) },
    });
    expect(await connects()).toBe(true);
  });

  test.each<[sentence: string, first: number | undefined, second: number | undefined, refusal: object]>([
    ["by its own approval", undefined, 60, { errors: [{ pointer: "/durationSeconds", code: "already-over" }] }],
    ["by an earlier one", 60, undefined, { code: "request-not-pending" }],
  ])("is not approved late for a time that has ended %s", async (_, first, second, refusal) => {
    world = bounded({ pendingTimeoutSeconds: end });
    const { id } = await ask("alice", { osUser: "root" });
    await world.review("bob", id, "approve", undefined, first);
    world.now = later(start + 60);
    expect(await problemFrom(() => world.review("erin", id, "approve", undefined, second))).toMatchObject(refusal);
  });

  test("can be reviewed as long as policy says, but never after its end", async () => {
    expect(await ask()).toMatchObject({ pendingUntil: iso(3600) });
    world = bounded({ pendingTimeoutSeconds: 86_400 });
    expect(await ask()).toMatchObject({ pendingUntil: iso(end) });
  });

  test("that needs no approval is scheduled at once", async () => {
    const { id, status } = await ask("alice", { instanceId: "i-0123456789abcdef0" });
    expect(status).toBe("scheduled");
    expect((await stored(id))?.["events"]).toMatchObject([
      { type: "latchkey.access-request.created" },
      { type: "latchkey.access-request.scheduled" },
    ]);
  });

  test("is shortened from its start by the least of its approvals", async () => {
    const { id } = await ask();
    expect(await world.review("bob", id, "approve", undefined, 600)).toMatchObject({ expiresAt: iso(start + 600) });
  });

  test("is cancelled by its subject and its requester, and revoked by its reviewers, before it starts", async () => {
    expect(await world.cancel("chatbot", await scheduled("chatbot"))).toMatchObject({ status: "cancelled" });
    expect(await world.cancel("alice", await scheduled())).toMatchObject({ status: "cancelled" });
    expect(await world.revoke("bob", await scheduled())).toMatchObject({ status: "revoked" });
    const id = await scheduled();
    expect(await problemFrom(() => world.cancel("dave", id))).toMatchObject({ code: "access-denied" });
    expect(await problemFrom(() => world.revoke("dave", id))).toMatchObject({ code: "access-denied" });
    world.now = later(start);
    expect(await problemFrom(() => world.cancel("alice", id))).toMatchObject({ code: "request-not-pending" });
  });

  test("is not extended before it starts, and then it is", async () => {
    const id = await scheduled();
    world.now = later(start - 1);
    expect(await problemFrom(() => world.extend("alice", id))).toMatchObject({ code: "request-not-active" });
    world.now = later(start);
    await world.extend("alice", id);
    expect(await world.review("bob", id)).toMatchObject({ status: "active", expiresAt: iso(end + 1800) });
  });

  test("is not extended for more than policy permits in all, even if nothing has recorded its start", async () => {
    world = bounded({ maxTotalSeconds: 5400 });
    const id = await scheduled();
    world.now = later(start);
    const extend = (durationSeconds: number) => world.extend("alice", id, { durationSeconds });
    expect(await problemFrom(() => extend(1801))).toMatchObject({ code: "access-denied" });
    expect(await extend(1800)).toMatchObject({ extension: { status: "pending" } });
  });
});

describe("beside the current request", () => {
  test("a scheduled one has a place of its own, and neither changes the other", async () => {
    const current = (await world.create("alice")).id;
    await world.review("bob", current);
    const before = await stored(current);
    const id = await scheduled();
    expect(id).not.toBe(current);
    await world.cancel("alice", id);
    expect(await stored(current)).toEqual(before);
    expect(await world.create("alice")).toMatchObject({ id: current, isPreexisting: true });
  });

  test("a second scheduled one returns the first, pending, scheduled or active, with its own start", async () => {
    const { id } = await ask();
    const again = () => ask("alice", { startsAt: new Date(world.now.getTime() + 86_400_000).toISOString() });
    const first = { id, startsAt: iso(start), isPreexisting: true };
    expect(await again()).toMatchObject({ ...first, status: "pending" });
    await world.review("bob", id);
    expect(await again()).toMatchObject({ ...first, status: "scheduled" });
    world.now = later(start);
    expect(await again()).toMatchObject({ ...first, status: "active" });
    world.now = later(end);
    expect((await again()).id).not.toBe(id);
  });
});

describe("for tags", () => {
  const tags = { instanceId: undefined, scope: { tags: { env: "prod" } } };

  test("it takes a slot of its own, and lets its subject connect from its start", async () => {
    const { id: current } = await world.create("alice", tags);
    const id = await scheduled("alice", tags);
    expect(currentAccessKey(accessTargetIdIn(id) ?? "").sk).toMatch(slotKeyPrefix);
    expect(accessTargetIdIn(id)).not.toBe(accessTargetIdIn(current));
    expect(await ask("alice", tags)).toMatchObject({ id, isPreexisting: true });
    world.now = later(start - 0.001);
    expect(await connects()).toBe(false);
    world.now = later(start);
    expect(await connects()).toBe(true);
  });
});

test("a repeated call returns what it has created, even after its start", async () => {
  const attempt = { resultId: "00000000-0000-4000-8000-0123456789ab", isRepeated: false };
  const { id } = await ask("alice", { attempt });
  world.now = later(start + 1);
  expect(await ask("alice", { attempt: { ...attempt, isRepeated: true } })).toMatchObject({ id });
});

test("a repeated call that has created nothing is refused once its start is too soon", async () => {
  world.now = later(start + 1);
  const attempt = { resultId: "00000000-0000-4000-8000-0123456789ab", isRepeated: true };
  expect(await problemFrom(() => ask("alice", { attempt }))).toMatchObject({ errors: [{ code: "too-soon" }] });
});
