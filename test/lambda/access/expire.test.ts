import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { expireIfDue } from "../../../lambda/access/expire.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld } from "../../support/access-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { problemFrom } from "../../support/problems.ts";
import { testContext } from "../../support/test-context.ts";

const table = useEmbeddedTable();
let world = new AccessWorld();
beforeEach(() => {
  world = new AccessWorld();
});

const { signal } = new AbortController();
const accessTargetOf = (id: string) => accessTargetIdIn(id) ?? "";
const stored = (id: string) => table.stored(currentAccessKey(accessTargetOf(id)));
const run = (now: Date, requestId = "run-1") => testContext({ requestId, clock: () => now });
const expired = (id: string, now: Date) => expireIfDue(world.store, accessTargetOf(id), run(now));

const pending = async () => (await world.create("alice")).id;
async function active() {
  const id = await pending();
  await world.review("bob", id);
  return id;
}
const over = later(7200);

describe("nothing is written", () => {
  test.each<[string, () => Promise<string>, Date]>([
    ["a millisecond before a pending request times out", pending, later(3599.999)],
    ["a millisecond before active access ends", active, later(3599.999)],
    [
      "for a cancelled request",
      async () => {
        const id = await pending();
        await world.cancel("alice", id);
        return id;
      },
      over,
    ],
    [
      "for revoked access",
      async () => {
        const id = await active();
        await world.revoke("alice", id);
        return id;
      },
      over,
    ],
    [
      "a second time",
      async () => {
        const id = await pending();
        await expired(id, over);
        return id;
      },
      over,
    ],
  ])("%s", async (_, make, now) => {
    const id = await make();
    const before = await stored(id);
    expect(await expired(id, now)).toBe(false);
    expect(await stored(id)).toEqual(before);
  });

  test("if the access target has no request", async () => {
    expect(await expireIfDue(world.store, "0".repeat(32), run(over))).toBe(false);
  });
});

describe("at the exact time", () => {
  test.each<[string, () => Promise<string>, number]>([
    ["a pending request expires", pending, 2],
    ["active access expires", active, 4],
  ])("%s", async (_, make, sequence) => {
    const id = await make();
    expect(await expired(id, later(3600))).toBe(true);
    const item = await stored(id);
    expect(item).toMatchObject({
      status: "expired",
      sequence,
      endedAt: later(3600).toISOString(),
      events: [{ type: "latchkey.access-request.expired", data: { actor: "latchkey", requestId: "run-1" } }],
    });
    expect(item).not.toHaveProperty("due");
  });

  test("concurrent sweeps make one event", async () => {
    const id = await pending();
    const runs = Array.from({ length: 10 }, (_, number) =>
      expireIfDue(world.store, accessTargetOf(id), run(over, `run-${number}`)),
    );
    expect((await Promise.all(runs)).filter(Boolean)).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ sequence: 2 });
  });

  test("a faster review counts: the access starts, and expires later", async () => {
    const id = await pending();
    world.now = later(3599);
    const read = await world.store.readCurrent(accessTargetOf(id), signal);
    await world.review("bob", id);
    const stale = { ...world.store, readCurrent: async () => read };
    // The sweep never sees the review, so its write fails.
    const problem = await problemFrom(() => expireIfDue(stale, accessTargetOf(id), run(later(3600))));
    expect(problem).toMatchObject({ code: "upstream-unavailable" });
    expect(await expired(id, later(3600))).toBe(false);
    expect(await stored(id)).toMatchObject({ status: "active", expiresAt: later(7199).toISOString() });
  });
});
