import { describe, expect, test } from "@jest/globals";
import { keyPeriod, SealedCursors } from "../../../lambda/lists/sealed-cursors.ts";
import { FakeCursorKeys } from "../../support/fake-cursor-keys.ts";
import { problemFrom } from "../../support/problems.ts";

const start = new Date("2026-01-02T03:04:05.000Z");
const later = (periods: number) => new Date(start.getTime() + periods * keyPeriod * 1000);
const { signal } = new AbortController();
const alice = { id: "alice", kind: "person" } as const;

/** A request of a list whose query has these filters. */
const request = (
  query: Record<string, unknown> = {},
  now = start,
  caller: { id: string; kind: "person" | "machine" } = alice,
) => ({
  caller,
  query,
  context: { clock: () => now, deadline: { signal } },
});

/** A list that returns the cursor it gets, or its first. */
const sealing = (keys: FakeCursorKeys, first = "first", route: "listInstances" | "listAuditEvents" = "listInstances") =>
  new SealedCursors(keys).seal({ route, size: 40 }, async ({ query: { cursor } }: ReturnType<typeof request>) => ({
    items: [cursor],
    nextCursor: first as string | undefined,
  }));

const refused = { code: "invalid-request", errors: [{ pointer: "/cursor", code: "not-a-cursor" }] };

async function cursorOf(list: ReturnType<typeof sealing>, asked = request()): Promise<string> {
  return (await list(asked)).nextCursor ?? "";
}

test("a list gets the cursor that it made", async () => {
  const list = sealing(new FakeCursorKeys(), "second");
  const cursor = await cursorOf(list);
  expect(cursor).not.toContain(Buffer.from("second").toString("base64url"));
  expect((await list(request({ cursor }))).items).toEqual(["second"]);
});

test("a last page has no cursor, and no key is read for it", async () => {
  const keys = new FakeCursorKeys();
  const page = await new SealedCursors(keys).seal({ route: "listInstances", size: 40 }, async () => ({}))(request());
  expect([page, keys.reads]).toEqual([{}, 0]);
});

test("two cursors of one place differ, and have one length", async () => {
  const keys = new FakeCursorKeys();
  const cursors = await Promise.all(["a", "a", "a-much-longer-cursor"].map((first) => cursorOf(sealing(keys, first))));
  expect(new Set(cursors).size).toBe(3);
  expect(new Set(cursors.map(({ length }) => length)).size).toBe(1);
});

test("the limit may change from page to page", async () => {
  const list = sealing(new FakeCursorKeys());
  const cursor = await cursorOf(list, request({ limit: 5, name: "web-1" }));
  expect((await list(request({ name: "web-1", limit: 6, cursor }))).items).toEqual(["first"]);
});

describe("a cursor is refused", () => {
  const keys = new FakeCursorKeys();
  test.each<[sentence: string, asked: ReturnType<typeof request>, route?: "listAuditEvents"]>([
    ["from another caller", request({ name: "web-1" }, start, { ...alice, id: "bob" })],
    ["from a machine of the same name", request({ name: "web-1" }, start, { ...alice, kind: "machine" })],
    ["with another query", request({ name: "web-2" })],
    ["with a filter less", request()],
    ["with a filter more", request({ name: "web-1", region: "us-east-1" })],
    ["on another route", request({ name: "web-1" }), "listAuditEvents"],
    ["two periods later", request({ name: "web-1" }, later(2))],
  ])("%s", async (_, asked, ...[route]) => {
    const cursor = await cursorOf(sealing(keys), request({ name: "web-1" }));
    const list = sealing(keys, "first", route);
    expect(await problemFrom(() => list({ ...asked, query: { ...asked.query, cursor } }))).toMatchObject(refused);
  });

  test("in other base64", async () => {
    const list = sealing(keys);
    const cursor = await cursorOf(list);
    for (const other of [`${cursor}=`, `${cursor}A`, ` ${cursor}`, cursor.slice(0, -1), ""]) {
      expect(await problemFrom(() => list(request({ cursor: other })))).toMatchObject(refused);
    }
  });

  test("if its key is gone", async () => {
    const cursor = await cursorOf(sealing(keys));
    expect(await problemFrom(() => sealing(new FakeCursorKeys())(request({ cursor })))).toMatchObject(refused);
  });
});

describe("keys", () => {
  test("are shared by all functions, and read once by each", async () => {
    const keys = new FakeCursorKeys();
    const [one, other] = [sealing(keys), sealing(keys)];
    const cursor = await cursorOf(one);
    for (let page = 0; page < 3; page += 1) await other(request({ cursor }));
    expect([keys.created, keys.reads]).toEqual([1, 3]);
  });

  test("of functions that start at once are one: the first that was stored", async () => {
    const keys = new FakeCursorKeys();
    const [one, other] = [sealing(keys), sealing(keys)];
    const [cursor] = await Promise.all([cursorOf(one), cursorOf(other)]);
    expect((await other(request({ cursor }))).items).toEqual(["first"]);
  });

  test("change with each period, and the one before still reads its cursors", async () => {
    const keys = new FakeCursorKeys();
    const list = sealing(keys);
    const old = await cursorOf(list);
    const young = await cursorOf(list, request({}, later(1)));
    expect(keys.created).toBe(2);
    for (const cursor of [old, young]) {
      expect((await sealing(keys)(request({ cursor }, later(1)))).items).toEqual(["first"]);
    }
  });
});
