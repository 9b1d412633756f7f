import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { cancelAccessRequest } from "../../../lambda/access/end.ts";
import { idempotentCancellation } from "../../../lambda/access/idempotent-operations.ts";
import type { AccessPorts } from "../../../lambda/access/ports.ts";
import { reserveAccess } from "../../../lambda/access/reserve-access.ts";
import { reservationStore } from "../../../lambda/aws/dynamodb/access-table.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, accessSettings, callers, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { problemFrom } from "../../support/problems.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const stored = (id: string) => table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""));
const pending = async () => (await world.create("chatbot", { subject: "alice" })).id;
async function active() {
  const id = await pending();
  await world.review("bob", id);
  return id;
}
const nothing = async () => {};

describe("refused, with nothing changed:", () => {
  const outOfTime = async () => {
    world.now = later(3600);
  };
  /** As newer code would leave it behind. */
  const rewrite = (change: object) => async (id: string) => table.seed([{ ...(await stored(id)), ...change }]);
  const [unknownStatus, newerFormat] = [rewrite({ status: "paused" }), rewrite({ v: 2 })];
  const namesake = async () => {
    world.fleet = [{ ...world.prod, region: "eu-west-1" }];
  };
  test.each<[string, "cancel" | "revoke", Who, () => Promise<string>, (id: string) => Promise<unknown>, string]>([
    ["a cancellation by a caller who may not view it", "cancel", "carol", pending, nothing, "access-request-not-found"],
    ["a cancellation by a colleague", "cancel", "dave", pending, nothing, "access-denied"],
    ["a cancellation by a reviewer", "cancel", "bob", pending, nothing, "access-denied"],
    ["a cancellation of active access by a colleague", "cancel", "dave", active, nothing, "access-denied"],
    ["a cancellation of active access", "cancel", "alice", active, nothing, "request-not-pending"],
    ["a cancellation of an expired request", "cancel", "alice", pending, outOfTime, "request-not-pending"],
    ["a second cancellation", "cancel", "chatbot", pending, (id) => world.cancel("alice", id), "request-not-pending"],
    [
      "a cancellation of a request of an unknown status",
      "cancel",
      "alice",
      pending,
      unknownStatus,
      "request-not-pending",
    ],
    ["a cancellation of a request of a newer format", "cancel", "alice", pending, newerFormat, "request-not-pending"],
    ["a revoke by a caller who may not view it", "revoke", "carol", active, nothing, "access-request-not-found"],
    ["a revoke by a colleague", "revoke", "dave", active, nothing, "access-denied"],
    ["a revoke by the bot that requested it", "revoke", "chatbot", active, nothing, "access-denied"],
    ["a revoke of a pending request by a colleague", "revoke", "dave", pending, nothing, "access-denied"],
    ["a revoke of a pending request", "revoke", "alice", pending, nothing, "request-not-active"],
    ["a revoke of expired access", "revoke", "alice", active, outOfTime, "request-not-active"],
    ["a second revoke", "revoke", "bob", active, (id) => world.revoke("alice", id), "request-not-active"],
    ["a revoke of access of an unknown status", "revoke", "alice", active, unknownStatus, "request-not-active"],
    ["a revoke of access of a newer format", "revoke", "alice", active, newerFormat, "request-not-active"],
    ["a revoke by one who may only view a namesake", "revoke", "erin", active, namesake, "access-request-not-found"],
  ])("%s", async (_, command, who, make, prepare, code) => {
    const id = await make();
    await prepare(id);
    const before = await stored(id);
    expect(await problemFrom(() => world[command](who, id))).toMatchObject({ code });
    expect(await stored(id)).toEqual(before);
  });
});

describe("a cancellation", () => {
  test.each<Who>(["alice", "chatbot"])("by %s, even if the instance no longer exists", async (who) => {
    const id = await pending();
    world.fleet = [];
    expect(await world.cancel(who, id, "found it")).toMatchObject({ id, status: "cancelled" });
    expect(await stored(id)).toMatchObject({
      events: [{ type: "latchkey.access-request.cancelled", data: { comment: "found it" } }],
    });
  });

  test("by its subject, while its target fails, with or without a key", async () => {
    const failing: AccessPorts = {
      ...world.ports,
      findInstance: async () => {
        throw new Problem("upstream-unavailable");
      },
    };
    const input = async () => ({ caller: callers.alice, id: await pending() });
    const cancel = idempotentCancellation(failing, accessSettings);
    expect([
      await cancelAccessRequest(failing, accessSettings, await input(), world.context()),
      await cancel.run(await input(), world.context(), { resultId: "unused", isRepeated: true }),
    ]).toMatchObject([{ status: "cancelled" }, { status: "cancelled" }]);
  });
});

describe("a revoke", () => {
  test.each<[Who, readonly string[] | undefined]>([
    ["alice", undefined],
    ["bob", ["prod-review"]],
    ["erin", ["prod-review"]],
    ["bob as Engineer", undefined],
  ])("by %s is by right of %j", async (who, policies) => {
    const id = await active();
    world.now = later(100);
    expect(await world.revoke(who, id, "done")).toMatchObject({
      id,
      status: "revoked",
      noPushesAfter: later(100).toISOString(),
    });
    const [event] = ((await stored(id))?.["events"] ?? []) as { type: string; data: object }[];
    expect(event).toMatchObject({ type: "latchkey.access-request.revoked", data: { comment: "done" } });
    expect(event?.data).toEqual(
      policies ? expect.objectContaining({ policies }) : expect.not.objectContaining({ policies: expect.anything() }),
    );
  });

  test("by the subject, if the instance no longer exists", async () => {
    const id = await active();
    world.fleet = [];
    expect(await world.revoke("alice", id)).toMatchObject({ status: "revoked" });
  });

  test("has noPushesAfter no earlier than the last push that it could not stop", async () => {
    const id = await active();
    const request = await world.store.read(id, new AbortController().signal);
    if (!request) throw new Error("It is there");
    await reserveAccess(
      reservationStore(boundTable),
      { request, pushBy: later(105), now: later(100) },
      new AbortController().signal,
    );
    world.now = later(101);
    expect(await world.revoke("alice", id)).toMatchObject({ noPushesAfter: "2026-01-02T03:05:55.000Z" });
  });

  test("succeeds while its subject keeps connecting", async () => {
    const id = await active();
    const { signal } = new AbortController();
    const request = await world.store.read(id, signal);
    if (!request) throw new Error("It is there");
    const reservations = Array.from({ length: 20 }, (_, index) =>
      reserveAccess(reservationStore(boundTable), { request, pushBy: later(100 + index), now: later(99) }, signal),
    );
    const [revoked, ...reserved] = await Promise.all([world.revoke("bob", id), ...reservations]);
    const last =
      reserved
        .map((one) => one?.pushBy ?? "")
        .toSorted()
        .at(-1) ?? "";
    expect(revoked.status).toBe("revoked");
    expect((revoked.noPushesAfter ?? "") >= last).toBe(true);
    expect(
      await reserveAccess(reservationStore(boundTable), { request, pushBy: later(200), now: later(99) }, signal),
    ).toBeUndefined();
  });

  test("ten times at once counts once", async () => {
    const id = await active();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => world.revoke("alice", id)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ status: "revoked", sequence: 4 });
  });
});
