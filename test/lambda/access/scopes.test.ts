import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessRequestBody, revocationBody } from "../../../contract/access-request.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import {
  accessRequestIdOf,
  accessTargetIdIn,
  slotCount,
  slotIdOf,
  slotsForOthers,
} from "../../../lambda/access/access-target.ts";
import { revokeAccessRequest } from "../../../lambda/access/end.ts";
import { expireIfDue } from "../../../lambda/access/expire.ts";
import { extendAccessRequest } from "../../../lambda/access/extend.ts";
import { openSlot } from "../../../lambda/access/home.ts";
import { listAccessRequests } from "../../../lambda/access/list.ts";
import { reserveAccess } from "../../../lambda/access/reserve-access.ts";
import { accessIndex } from "../../../lambda/aws/dynamodb/access-list.ts";
import { reservationStore } from "../../../lambda/aws/dynamodb/access-table.ts";
import { connectReads } from "../../../lambda/aws/dynamodb/connect-reads.ts";
import { dueIndex } from "../../../lambda/aws/dynamodb/due-items.ts";
import { peopleTable } from "../../../lambda/aws/dynamodb/person-table.ts";
import { eventReader } from "../../../lambda/aws/dynamodb/stream-record.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, accessSettings, callers, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts } from "../../support/fake-connect-ports.ts";
import { fakeTargets } from "../../support/fake-targets.ts";
import { recordOf } from "../../support/fake-trail.ts";
import { samplePolicies } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { web } from "../../support/samples.ts";

const table = useEmbeddedTable();
const { signal } = new AbortController();
const prod = { tags: { env: "prod" } };
let world: AccessWorld;
beforeEach(() => {
  world = new AccessWorld();
});

/** Access to all of prod, which bob has approved. */
async function active(): Promise<string> {
  const { id } = await world.create("alice", { scope: prod });
  await world.review("bob", id);
  return id;
}
const itemOf = async (id: string) => {
  const key = currentAccessKey(accessTargetIdIn(id) ?? "");
  return { ...key, ...(await table.stored(key)) };
};
const prodWith = (team: number) => ({ tags: { env: "prod", team: `team-${team}` } });

describe("a body's scope is refused", () => {
  const body = { osUser: "ec2-user", durationSeconds: 3600, reason: "INC-42" };
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`key-${index}`, "value"]));
  test.each<[sentence: string, named: object]>([
    ["without any", {}],
    ["with an instance beside it", { scope: prod, instanceId: web.instanceId }],
    ["of no tags", { scope: { tags: {} } }],
    ["of eleven tags", { scope: { tags: eleven } }],
    ["with an empty key", { scope: { tags: { "": "prod" } } }],
    ["with a key of 129 characters", { scope: { tags: { ["k".repeat(129)]: "" } } }],
    ["with a value of 257 characters", { scope: { tags: { env: "v".repeat(257) } } }],
    ["of tags and an instance", { scope: { ...prod, instanceId: web.instanceId } }],
    ["in an account without a region", { scope: { ...prod, accountId: "111122223333" } }],
    ["in a region without an account", { scope: { ...prod, region: "us-east-1" } }],
  ])("%s", (_, named) => {
    expect(accessRequestBody.safeParse({ ...body, ...named }).success).toBe(false);
  });

  test("and so is the region of a revocation without its account", () => {
    const named = { instanceId: web.instanceId, region: "us-east-1" };
    expect(revocationBody.safeParse(named).success).toBe(false);
    expect(revocationBody.safeParse({ ...named, accountId: "111122223333" }).success).toBe(true);
  });
});

describe("nobody can ask for a scope", () => {
  test.each<[sentence: string, who: Who, asked: object, problem: object]>([
    [
      "of a tag that neither policy nor settings name",
      "alice",
      { scope: { tags: { Name: "prod-1" } } },
      { code: "invalid-request", errors: [{ pointer: "/scope/tags", code: "not-a-scope-tag" }] },
    ],
    [
      "by break-glass",
      "bob",
      { scope: prod, breakGlass: true },
      { code: "invalid-request", errors: [{ pointer: "/breakGlass", code: "not-with-tags" }] },
    ],
    ["that policy hides", "alice", { scope: { tags: { env: "restricted" } } }, { code: "access-denied" }],
    [
      "without the tag by which policy shows instances",
      "alice",
      { scope: { tags: { team: "web" } } },
      { code: "access-denied" },
    ],
    ["that policy does not let them ask for", "carol", { scope: prod }, { code: "access-denied" }],
    ["for longer than policy permits", "alice", { scope: prod, durationSeconds: 28_801 }, { code: "access-denied" }],
    [
      "as an OS user that no approval lets them use",
      "alice",
      { scope: prod, osUser: "admin" },
      { code: "access-denied" },
    ],
    [
      "for somebody else, if policy does not let them delegate",
      "dave",
      { scope: prod, subject: "alice" },
      { code: "access-denied" },
    ],
  ])("%s", async (_, who, asked, problem) => {
    expect(await problemFrom(() => world.create(who, asked))).toMatchObject(problem);
  });
});

describe("a request for tags", () => {
  test("is pending until it is approved, and shows its scope and no instance", async () => {
    const created = await world.create("alice", { scope: prod });
    expect(created).toMatchObject({ status: "pending", scope: prod, requirements: { approvals: 1 } });
    expect(created.instanceId).toBeUndefined();
    expect(await world.review("bob", created.id)).toMatchObject({ status: "active", scope: prod });
  });

  test("takes reviews while it is active, up to the largest number that policy looks for, each reviewer's once", async () => {
    const id = await active();
    expect(await problemFrom(() => world.review("erin", id, "deny"))).toMatchObject({ code: "request-not-pending" });
    expect(await problemFrom(() => world.review("bob", id))).toMatchObject({ code: "already-reviewed" });
    expect(await problemFrom(() => world.review("dave", id))).toMatchObject({ code: "reviewer-not-allowed" });
    const reviewed = await world.review("erin", id);
    expect(reviewed).toMatchObject({ status: "active", reviews: [{ reviewer: "bob" }, { reviewer: "erin" }] });
    expect(reviewed.reviews[1]).not.toHaveProperty("basis");
    expect(await problemFrom(() => world.review("alice as OnCall", id))).toMatchObject({ code: "self-review" });
    const third = { ...callers.bob, id: "frank" };
    Object.assign(callers, { third });
    expect(await problemFrom(() => world.review("third" as Who, id))).toMatchObject({ code: "request-not-pending" });
  });

  test("takes a further review in place of one that a suspension has voided", async () => {
    const id = await active();
    await world.review("erin", id);
    await world.suspend("bob", "erin");
    Object.assign(callers, { third: { ...callers.bob, id: "frank" } });
    expect(await world.review("third" as Who, id)).toMatchObject({
      reviews: [{ reviewer: "bob" }, { reviewer: "erin" }, { reviewer: "frank" }],
    });
  });

  test("keeps what each review was decided on", async () => {
    const id = await active();
    const time = accessSettings.policyTime(world.now);
    const context = {
      scope: "tags",
      osUser: "ec2-user",
      subject: "alice",
      requestedBy: "alice",
      breakGlass: false,
      time,
    };
    const { reviews } = (await itemOf(id)) as unknown as { reviews: object[] };
    expect(reviews).toMatchObject([{ reviewer: "bob", basis: { kind: "person", groups: ["OnCall"], context } }]);
  });

  test("is returned instead of another with the same tags in any order, and not instead of one with others", async () => {
    const { id } = await world.create("alice", { scope: { tags: { env: "prod", team: "web" } } });
    const same = { scope: { tags: { team: "web", env: "prod" } } };
    expect(await world.create("alice", same)).toMatchObject({ id, isPreexisting: true });
    for (const other of [
      { ...same, osUser: "root" },
      { scope: prod },
      { scope: { ...same.scope, accountId: "111122223333", region: "us-east-1" } },
    ])
      expect((await world.create("alice", other)).id).not.toBe(id);
  });

  test("that others made is replaced by the subject's own", async () => {
    const { id } = await world.create("chatbot", { scope: prod, subject: "alice" });
    const own = await world.create("alice", { scope: prod });
    expect(own.id).not.toBe(id);
    expect(await world.store.read(id, signal)).toMatchObject({ status: "cancelled" });
  });

  test("created under an Idempotency-Key is found again, once it has ended too", async () => {
    const attempt = { resultId: "00000000-0000-4000-8000-0123456789ab", isRepeated: false };
    const { id } = await world.create("alice", { scope: prod, attempt } as object);
    const repeated = { scope: prod, attempt: { ...attempt, isRepeated: true } } as object;
    expect(await world.create("alice", repeated)).toMatchObject({ id });
    await world.cancel("alice", id);
    const { id: next } = await world.create("alice", { scope: prodWith(1) });
    expect(accessTargetIdIn(next)).toBe(accessTargetIdIn(id));
    expect(await world.create("alice", repeated)).toMatchObject({ id, status: "cancelled" });
  });

  test("expires in its slot, and its events are its own", async () => {
    const id = await active();
    const read = eventReader("latchkey/test");
    expect(read(recordOf(await itemOf(id)))).toMatchObject({ foreign: 0, events: [{}, {}] });
    const forged = { ...(await itemOf(id)), scope: { tags: { env: "dev" } } };
    expect(read(recordOf(forged))).toMatchObject({ foreign: 2 });
    expect(read(recordOf({ ...(await itemOf(id)), subject: "dave" }))).toMatchObject({ events: [] });
    world.now = later(3600);
    const due: string[] = [];
    for await (const ids of dueIndex(boundTable).findDue("expiry", world.now, signal)) due.push(...ids);
    expect(due).toEqual([accessTargetIdIn(id)]);
    expect(await expireIfDue(world.store, due[0] ?? "", world.context())).toBe(true);
    expect(await world.store.read(id, signal)).toMatchObject({ status: "expired" });
  });
});

describe("an extension of a request for tags", () => {
  const extended = async () => {
    const id = await active();
    await world.extend("alice", id);
    await world.review("bob", id);
    return id;
  };

  test("is refused once the scope names a tag that neither policy nor settings name", async () => {
    const { id } = await world.create("alice", { scope: prodWith(1) });
    await world.review("bob", id);
    const input = { caller: callers.alice, id, durationSeconds: 60, reason: "It is slow" };
    const withoutTeam = { ...accessSettings, scopeTags: [] };
    expect(
      await problemFrom(() => extendAccessRequest(world.ports, withoutTeam, input, world.context())),
    ).toMatchObject({ code: "access-denied" });
    expect(await extendAccessRequest(world.ports, accessSettings, input, world.context())).toMatchObject({
      extension: { status: "pending" },
    });
  });

  test("gets the reviews while it is pending, and keeps what each was decided on", async () => {
    const id = await active();
    expect(await world.extend("alice", id)).toMatchObject({ extension: { status: "pending" } });
    const reviewed = await world.review("bob", id);
    expect(reviewed).toMatchObject({
      expiresAt: later(5400).toISOString(),
      extension: { status: "approved", reviews: [{ reviewer: "bob" }] },
    });
    expect(reviewed.reviews).toHaveLength(1);
    expect(reviewed.extension?.reviews[0]).not.toHaveProperty("basis");
    const basis = { kind: "person", groups: ["OnCall"], context: { scope: "tags" } };
    expect(await itemOf(id)).toMatchObject({ extendedBy: [{ reviewer: "bob", basis }] });
  });

  test("ends at a denial, and access then takes further reviews as before", async () => {
    const id = await active();
    await world.extend("alice", id);
    expect(await world.review("erin", id, "deny")).toMatchObject({
      status: "active",
      expiresAt: later(3600).toISOString(),
      extension: { status: "denied" },
    });
    expect(await world.review("erin", id)).toMatchObject({ reviews: [{ reviewer: "bob" }, { reviewer: "erin" }] });
  });

  test("once approved, takes further reviews, also of who approved the earlier end", async () => {
    const id = await active();
    await world.review("erin", id);
    await world.extend("alice", id);
    await world.review("bob", id);
    expect(await problemFrom(() => world.review("bob", id))).toMatchObject({ code: "already-reviewed" });
    world.now = later(60);
    expect(await world.review("erin", id)).toMatchObject({ status: "active", updatedAt: later(60).toISOString() });
    expect(await itemOf(id)).toMatchObject({ extendedBy: [{ reviewer: "bob" }, { reviewer: "erin" }] });
  });

  test("is of no use once the request was revoked", async () => {
    const id = await extended();
    expect(await world.revoke("bob", id)).toMatchObject({ status: "revoked", extension: { status: "approved" } });
    expect(await problemFrom(() => world.extend("alice", id))).toMatchObject({ code: "request-not-active" });
  });

  test("lets its reviewer count at a connection, who alone has reviewed it", async () => {
    const id = await active();
    await world.extend("alice", id);
    await world.review("erin", id);
    const [request] = [await world.store.read(id, signal)];
    if (!request) throw new Error("It was stored");
    expect(request.extendedBy).toMatchObject([{ reviewer: "erin", basis: { groups: ["OnCall"] } }]);
    await peopleTable(boundTable).refresh(callers.erin, world.now, signal);
    const { people } = await connectReads(boundTable).readParties([request], signal);
    expect(people.map((each) => each.id)).toEqual(["erin"]);
  });
});

describe("a subject's slots", () => {
  const stored = (slots: readonly number[], changes: Partial<AccessRequest> = {}) =>
    slots.map((slot) =>
      activeAccess({
        id: accessRequestIdOf(slotIdOf("alice", slot), "0123456789ab"),
        scope: prodWith(slot),
        ...changes,
      }),
    );
  const all = Array.from({ length: slotCount }, (_, slot) => slot);
  const now = new Date("2026-01-02T03:30:00.000Z");
  const slotFor = (taken: readonly AccessRequest[], isOwn: boolean, team = 99) => {
    const { accessTargetId, current } = openSlot(
      taken,
      { subject: "alice", scope: prodWith(team), osUser: "ec2-user", isOwn },
      now,
    );
    return [all.findIndex((slot) => slotIdOf("alice", slot) === accessTargetId), current?.scope] as const;
  };
  const ended = { status: "revoked" } as const;

  test.each<[sentence: string, taken: readonly AccessRequest[], isOwn: boolean, slot: number]>([
    ["the subject's own requests begin behind those of others", [], true, slotsForOthers],
    ["others take the first", [], false, 0],
    ["the next is taken if one is not free", stored([0, 1]), false, 2],
    ["the subject takes those of others last", stored(all.slice(slotsForOthers)), true, 0],
    [
      "one whose request has ended is free",
      [...stored(all.slice(0, 3)), ...stored([3], ended), ...stored([4])],
      false,
      3,
    ],
    ["one whose request has expired is free", stored(all, { expiresAt: now.toISOString() }), true, slotsForOthers],
  ])("%s", (_, taken, isOwn, slot) => {
    expect(slotFor(taken, isOwn)[0]).toBe(slot);
  });

  test("an open request for the same tags and OS user keeps its slot, even one that others may not take", () => {
    expect(slotFor(stored([12]), false, 12)).toEqual([12, prodWith(12)]);
  });

  test("the subject's own open request comes before one that others have made for the same", () => {
    expect(slotFor([...stored([0], { scope: prodWith(12) }), ...stored([12])], true, 12)).toEqual([12, prodWith(12)]);
  });

  test.each<[sentence: string, taken: readonly AccessRequest[], isOwn: boolean, limit: string]>([
    ["are twenty", stored(all), true, "scoped-requests"],
    ["are five for others", stored(all.slice(0, slotsForOthers)), false, "scoped-requests-by-others"],
    ["are not free of what a newer version has written", stored(all, { status: "unknown" }), true, "scoped-requests"],
  ])("%s", async (_, taken, isOwn, limit) => {
    const problem = await problemFrom(() => slotFor(taken, isOwn));
    expect(problem).toMatchObject({ code: "throttled", limit });
    expect(problem.headers).toEqual({
      "Retry-After": limit === "scoped-requests" && taken[0]?.status === "unknown" ? "60" : "1800",
    });
  });

  test("take two of several equal requests at once only one time", async () => {
    const made = await Promise.all([1, 2, 3].map(() => world.create("alice", { scope: prod })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });
});

describe("who sees and ends a request for tags", () => {
  const revoke = (who: Who, id: string, named: object = {}) =>
    revokeAccessRequest(world.ports, accessSettings, { caller: callers[who], id, ...named }, world.context());

  test("is decided on an instance that has exactly its tags", async () => {
    const id = await active();
    expect(await problemFrom(() => revoke("carol", id))).toMatchObject({ code: "access-request-not-found" });
    expect(await problemFrom(() => revoke("dave", id))).toMatchObject({ code: "access-denied" });
    expect(await revoke("erin", id)).toMatchObject({ status: "revoked" });
  });

  test("or, to revoke, on a live instance that it covers", async () => {
    const { prod } = world;
    const id = await active();
    const dev = { instanceId: web.instanceId };
    const elsewhere = { instanceId: prod.instanceId, accountId: "444455556666", region: "eu-west-1" };
    for (const named of [dev, elsewhere, { instanceId: "i-0000000000000000f" }])
      expect(await problemFrom(() => revoke("carol", id, named))).toMatchObject({ code: "access-request-not-found" });
    expect(await problemFrom(() => revoke("dave", id, { instanceId: prod.instanceId }))).toMatchObject({
      code: "access-denied",
    });
    expect(world.facts.unseen).toBe(true);
  });

  test("and an instance that the caller sees is not taken for one that is absent", async () => {
    expect(await revoke("erin", await active(), { instanceId: world.prod.instanceId })).toMatchObject({
      status: "revoked",
    });
    expect(world.facts.unseen).toBeUndefined();
  });

  test("is listed to those who may view it, as reviewable while it takes their review", async () => {
    const ports = { ...world.ports, ...fakeTargets(() => []), ...accessIndex(boundTable) };
    const list = async (who: Who, more: object = {}) => {
      const input = { caller: callers[who], limit: 50, ...more };
      return (await listAccessRequests(ports, accessSettings, input, world.context())).items.map(({ id }) => id);
    };
    const { id } = await world.create("alice", { scope: prod });
    expect([await list("carol"), await list("dave"), await list("bob", { reviewable: true })]).toEqual([
      [],
      [id],
      [id],
    ]);
    expect(await list("bob", { instanceId: world.prod.instanceId })).toEqual([]);

    const reviewable = async (...who: Who[]) => {
      const lists = await Promise.all(who.map((each) => list(each, { reviewable: true })));
      return who.filter((_, index) => lists[index]?.includes(id));
    };
    const everybody = ["alice", "alice as OnCall", "bob", "dave", "erin", "bob of another account"] as const;
    expect(await reviewable(...everybody)).toEqual(["bob", "erin"]);
    await world.review("bob", id);
    expect(await reviewable(...everybody)).toEqual(["erin"]);
    expect(await list("dave", { status: "active" })).toEqual([id]);
    await world.review("erin", id);
    const third = { ...callers.bob, id: "frank" };
    Object.assign(callers, { third });
    expect(await reviewable("third" as Who)).toEqual([]);
    await world.extend("alice", id);
    expect(await reviewable(...everybody)).toEqual(["bob", "erin"]);
    await world.review("bob", id);
    expect(await reviewable(...everybody)).toEqual(["erin"]);
    await world.revoke("bob", id);
    expect(await reviewable(...everybody)).toEqual([]);
  });
});

describe("fifty connections at once under one scope", () => {
  test("are all made, and few of them write to the request", async () => {
    const id = await active();
    await peopleTable(boundTable).refresh(callers.bob, world.now, signal);
    const reservations = reservationStore(boundTable);
    let writes = 0;
    const counting = {
      ...reservations,
      reserve: (...args: Parameters<typeof reservations.reserve>) => {
        writes += 1;
        return reservations.reserve(...args);
      },
    };
    const connect = () => {
      const fake = fakeConnectPorts({ policy: samplePolicies, instance: world.prod, now: world.now });
      const access = {
        ...connectReads(boundTable),
        reserveAccess: (...[reservation, until]: Parameters<typeof fake.ports.access.reserveAccess>) =>
          reserveAccess(counting, reservation, until),
      };
      const input = connectionInput({ osUser: "ec2-user" }, world.prod.instanceId);
      return makeConnection({ ...fake.ports, access }, connectSettings, input, fake.context);
    };
    // All see the same moment, so one write is enough once it has been made.
    await connect();
    const made = await Promise.all(Array.from({ length: 50 }, connect));
    expect(made.map(({ accessRequestId }) => accessRequestId)).toEqual(Array(50).fill(id));
    expect(writes).toBe(1);
  });
});
