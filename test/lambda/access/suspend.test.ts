import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { closeSuspension, endIfSuspended } from "../../../lambda/access/end-suspended.ts";
import { longestCalls } from "../../../lambda/access/suspend.ts";
import { changeSuspension, isEndedBySuspension, suspensionIdOf } from "../../../lambda/access/suspension.ts";
import { connectReads } from "../../../lambda/aws/dynamodb/connect-reads.ts";
import { eventReader } from "../../../lambda/aws/dynamodb/stream-record.ts";
import { suspensionClosings } from "../../../lambda/aws/dynamodb/suspension-table.ts";
import { currentAccessKey, suspensionKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { functionLimits } from "../../../lib/function-limits.ts";
import { createdAt, later } from "../../support/access-requests.ts";
import { AccessWorld, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { place } from "../../support/samples.ts";

const table = useEmbeddedTable();
const { service, appliedThenLost, applied } = table;
const { signal } = new AbortController();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const stored = (id: string) => table.stored(suspensionKey(id));
const connecting = async () => {
  const target = { subject: "alice", ...place, instanceId: world.prod.instanceId, osUser: "ec2-user" };
  const { accessRequests, isSuspended } = await connectReads(boundTable).readForConnection(target, signal);
  return { accessRequest: accessRequests[0], isSuspended };
};
/** Somebody's act, a second after the one before. */
async function then<Result>(act: () => Promise<Result>): Promise<Result> {
  world.now = new Date(world.now.getTime() + 1000);
  return act();
}
/** Alice's access to prod-1, approved by bob. */
async function active(who: Who = "alice") {
  const { id } = await world.create(who, { subject: "alice" });
  await then(() => world.review("bob", id));
  return id;
}

describe("nobody is suspended or restored", () => {
  test.each<[sentence: string, who: Who, callerId: string, code: string]>([
    ["by themselves, even if policy permits it", "bob", "bob", "invalid-request"],
    ["under an id that no source of identities asserts", "bob", "dvae", "invalid-request"],
    ["by a caller whom policy does not permit it", "alice", "dave", "access-denied"],
    ["by a guest", "carol", "dave", "access-denied"],
    ["by a bot", "chatbot", "dave", "access-denied"],
    ["by a machine of a group whose people may", "a machine of OnCall", "dave", "access-denied"],
    ["by a namesake under another role", "bob as Engineer", "dave", "access-denied"],
  ])("%s", async (_, who, callerId, code) => {
    for (const isSuspended of [true, false])
      expect(await problemFrom(() => world.suspend(who, callerId, isSuspended))).toMatchObject({ code });
    expect(await stored(callerId)).toBeUndefined();
  });

  test("with groups that policy protects, if they may come with them", async () => {
    const protecting = {
      all: "permit (principal, action, resource);",
      guarded: 'forbid (principal, action == Latchkey::Action::"suspend", resource in Latchkey::Group::"OnCall");',
    };
    world = new AccessWorld(engineWith(protecting));
    // Alice may come as an engineer, and as OnCall.
    expect(await problemFrom(() => world.suspend("bob", "alice"))).toMatchObject({ code: "access-denied" });
    expect(await world.suspend("bob", "dave")).toMatchObject({ isSuspended: true });
  });

  test("to restore is a right of its own, if policy says so", async () => {
    const rule = 'permit (principal, action == Latchkey::Action::"suspend", resource) when { !context.restore };';
    world = new AccessWorld(engineWith({ rule }));
    await world.suspend("bob", "dave");
    expect(await problemFrom(() => world.suspend("bob", "dave", false))).toMatchObject({ code: "access-denied" });
    expect(await stored("dave")).toMatchObject({ isSuspended: true });
  });
});

describe("a suspension", () => {
  test("is one write of one item, with its event, which belongs to the item", async () => {
    expect(await world.suspend("bob", "dave")).toEqual({
      callerId: "dave",
      isSuspended: true,
      reason: "INC-43",
      changedBy: "bob",
      changedAt: createdAt.toISOString(),
      noPushesAfter: later(longestCalls).toISOString(),
    });
    const writes = service.requests.filter(({ headers }) => /Update|Put/.test(String(headers["x-amz-target"])));
    expect(writes).toHaveLength(1);
    const item = await stored("dave");
    const read = (image: object) =>
      eventReader("latchkey/test")({ dynamodb: { NewImage: marshall(image) as never } } as never);
    expect(read({ ...item })).toMatchObject({
      events: [
        {
          type: "latchkey.caller.suspended",
          subject: `callers/${suspensionIdOf("dave")}`,
          data: { sequence: 1, actor: "bob", subject: "dave", reason: "INC-43", policies: ["suspend"] },
        },
      ],
      foreign: 0,
    });
    expect(read({ ...item, ...suspensionKey("alice") })).toMatchObject({ events: [], foreign: 1 });
  });

  test("and its end are numbered, and what changes nothing makes no event", async () => {
    expect(await world.suspend("bob", "111122223333/ChatBot", false)).toEqual({
      callerId: "111122223333/ChatBot",
      isSuspended: false,
    });
    for (const isSuspended of [true, true, false, false]) {
      await then(() => world.suspend("bob", "111122223333/ChatBot", isSuspended));
    }
    expect(await stored("111122223333/ChatBot")).toMatchObject({
      sequence: 2,
      isSuspended: false,
      events: [{ type: "latchkey.caller.restored", data: { sequence: 2 } }],
    });
  });

  test("that was written although its response was lost has been written once", async () => {
    service.respond(applied, appliedThenLost);
    await world.suspend("bob", "dave");
    expect(await stored("dave")).toMatchObject({ sequence: 1 });
  });

  test("is decided again if another was written meanwhile", () => {
    const act = { actor: "bob", at: createdAt, requestId: "request-1" };
    const first = changeSuspension(undefined, { callerId: "dave", isSuspended: true, reason: "a" }, act);
    expect(changeSuspension(first?.next, { callerId: "dave", isSuspended: true, reason: "b" }, act)).toBeUndefined();
  });
});

describe("at the connection", () => {
  test("a suspended subject is one, and has no access", async () => {
    await active();
    await then(() => world.suspend("bob", "alice"));
    expect(await connecting()).toMatchObject({ isSuspended: true, accessRequest: undefined });
  });

  test("access from before a suspension does not come back with its subject", async () => {
    await active();
    await then(() => world.suspend("bob", "alice"));
    await then(() => world.suspend("bob", "alice", false));
    expect(await connecting()).toMatchObject({ isSuspended: false, accessRequest: undefined });
  });

  test.each<[sentence: string, suspended: string, restored: boolean]>([
    ["a review of a reviewer who is suspended does not count", "bob", false],
    ["a review of a reviewer who was suspended since does not count", "bob", true],
  ])("%s", async (_, suspended, restored) => {
    await active();
    expect((await connecting()).accessRequest?.reviews).toHaveLength(1);
    await then(() => world.suspend("erin", suspended));
    if (restored) await then(() => world.suspend("erin", suspended, false));
    expect((await connecting()).accessRequest?.reviews).toEqual([]);
  });

  test("access that a suspended bot has asked for does not count", async () => {
    await active("chatbot");
    expect((await connecting()).accessRequest).toBeDefined();
    await then(() => world.suspend("bob", "111122223333/ChatBot"));
    expect((await connecting()).accessRequest).toBeUndefined();
  });

  test("an item of an unknown version permits nothing", async () => {
    await world.suspend("bob", "alice");
    await table.seed([{ ...(await stored("alice")), v: 2 }]);
    expect(await problemFrom(connecting)).toMatchObject({ code: "internal" });
  });
});

test("what a suspension does not stop has ended when both calls have timed out", () => {
  expect(functionLimits.access.timeout + functionLimits.connect.timeout).toBe(longestCalls);
});

describe("the last approval", () => {
  /** Alice's request for root, which takes two approvals, approved by bob. */
  const half = async () => {
    const { id } = await world.create("alice", { osUser: "root" });
    await then(() => world.review("bob", id));
    return id;
  };

  test.each([
    ["is suspended", false],
    ["was suspended since", true],
  ])("leaves a request pending if an earlier reviewer %s", async (_, restored) => {
    const id = await half();
    await then(() => world.suspend("erin", "bob"));
    if (restored) await then(() => world.suspend("erin", "bob", false));
    expect(await then(() => world.review("erin", id))).toMatchObject({ status: "pending" });
  });

  test("is refused if the subject was suspended", async () => {
    const id = await half();
    await then(() => world.suspend("erin", "alice"));
    expect(await problemFrom(() => world.review("erin", id))).toMatchObject({ code: "request-not-pending" });
  });

  test("counts with the others if nobody was suspended", async () => {
    const id = await half();
    expect(await then(() => world.review("erin", id))).toMatchObject({ status: "active" });
  });
});

describe("the sweep", () => {
  const swept = (id: string) =>
    endIfSuspended(world.store, world.suspensions, accessTargetIdIn(id) ?? "", world.context());

  test.each<[sentence: string, prepare: () => Promise<string>, suspended: string, status: string]>([
    ["revokes active access of a suspended subject", active, "alice", "revoked"],
    ["revokes active access that a suspended reviewer approved", active, "bob", "revoked"],
    ["revokes what a suspended bot asked for", () => active("chatbot"), "111122223333/ChatBot", "revoked"],
    ["cancels what a suspended subject asked for", async () => (await world.create("alice")).id, "alice", "cancelled"],
  ])("%s, once, also after the caller was restored", async (_, prepare, suspended, status) => {
    const id = await prepare();
    expect(await swept(id)).toBe(false);
    await then(() => world.suspend("erin", suspended));
    await then(() => world.suspend("erin", suspended, false));
    expect(await swept(id)).toBe(true);
    const item = await table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
    expect(item).toMatchObject({
      status,
      isEndedBySuspension: true,
      events: [{ type: `latchkey.access-request.${status}`, data: { actor: "latchkey" } }],
    });
    expect(item).not.toHaveProperty("due");
    expect(await swept(id)).toBe(false);
  });

  test("ends nothing of others, and leaves an expiry to be one", async () => {
    const id = await active();
    await then(() => world.suspend("erin", "dave"));
    expect(await swept(id)).toBe(false);
    await then(() => world.suspend("erin", "alice"));
    world.now = later(7200);
    expect(await swept(id)).toBe(false);
  });

  test("looks again until two minutes after the last change, and then no more", async () => {
    const closings = suspensionClosings(boundTable);
    const dueAfter = async (seconds: number) => {
      await closeSuspension(closings, "dave", { now: later(seconds), signal });
      return (await stored("dave"))?.["due"];
    };
    await world.suspend("bob", "dave");
    world.now = later(60);
    await world.suspend("bob", "dave", false);
    expect([await dueAfter(179), await dueAfter(180)]).toEqual(["suspension", undefined]);
    world.now = later(200);
    await world.suspend("bob", "dave");
    expect(await dueAfter(319)).toBe("suspension");
  });
});

describe("asking for access", () => {
  test("for a suspended person is refused", async () => {
    await world.suspend("bob", "alice");
    const asked = () => world.create("chatbot", { subject: "alice" });
    expect(await problemFrom(asked)).toMatchObject({ code: "caller-suspended" });
  });

  test.each<[sentence: string, prepare: () => Promise<string>, suspended: string, event: string]>([
    ["active access that the subject's suspension has ended", active, "alice", "revoked"],
    ["active access whose reviewer was suspended", active, "bob", "revoked"],
    [
      "a pending request of somebody who was suspended",
      async () => (await world.create("alice")).id,
      "alice",
      "cancelled",
    ],
  ])("replaces %s", async (_, prepare, suspended, event) => {
    const before = await prepare();
    await then(() => world.suspend("erin", suspended));
    await then(() => world.suspend("erin", suspended, false));
    const { id, isPreexisting } = await then(() => world.create("alice"));
    expect({ isNew: id !== before, isPreexisting }).toEqual({ isNew: true, isPreexisting: undefined });
    expect(await world.store.read(before, signal)).toMatchObject({ status: event });
    await then(() => world.review("bob", id));
    expect((await connecting()).accessRequest).toMatchObject({ id, reviews: [{ reviewer: "bob" }] });
  });

  test("returns the open request if somebody else's suspension does not matter to it", async () => {
    const id = await active();
    await then(() => world.suspend("bob", "dave"));
    expect(await then(() => world.create("alice"))).toMatchObject({ id, isPreexisting: true });
    const request = await world.store.read(id, signal);
    expect(request && isEndedBySuspension(request, new Map())).toBe(false);
  });
});
