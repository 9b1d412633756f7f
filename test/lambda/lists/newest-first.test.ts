import { describe, expect, test } from "@jest/globals";
import { indexKey, type KeyRange } from "../../../lambda/lists/index-key.ts";
import { newestFirst, newestFirstCursorSize, type PageQuery } from "../../../lambda/lists/newest-first.ts";
import { fakeIndex, walk } from "../../support/fake-index.ts";
import { problemFrom } from "../../support/problems.ts";
import { testContext } from "../../support/test-context.ts";

const timeAt = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();
/** One entry a second; `e0` is the oldest. */
const entriesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: indexKey(timeAt(n), `id-${n}`), value: { name: `e${n}` } }));

type Value = { readonly name: string };
const all = async (values: readonly Value[]) => values;
const only = (names: readonly string[]) => async (values: readonly Value[]) =>
  values.filter(({ name }) => names.includes(name));
const namesOf = (values: readonly Value[]) => values.map(({ name }) => name);
const page = (
  index: ReturnType<typeof fakeIndex<Value>>,
  query: Partial<PageQuery>,
  select = all,
  context = testContext(),
) => newestFirst({ limit: 50, ...query }, index.read, select, context);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const key = indexKey(timeAt(0), "id-0");

describe("a cursor that Latchkey did not issue is refused, before any read", () => {
  test.each([
    ["nothing", ""],
    ["no base64", "A"],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["no key", base64url({})],
    ["a key that is none", base64url({ behind: "now" })],
    ["a key with a whole id", base64url({ behind: `${timeAt(0)}#id-0` })],
    ["a key without milliseconds", base64url({ behind: key.replace(".000Z", "Z") })],
    ["a key with a digit more", base64url({ behind: `${key}0` })],
    ["a key with a digit that is none", base64url({ behind: `${key.slice(0, -1)}g` })],
    ["a key with half a number", base64url({ behind: `${key}.1` })],
    ["something more", base64url({ behind: key, limit: 5 })],
    ["one of the list of instances", base64url({ skip: 0 })],
    ["one too long for the parser", base64url({ behind: key, more: "x".repeat(4000) })],
  ])("%s", async (_, cursor) => {
    const index = fakeIndex(entriesOf(3));
    expect(await problemFrom(() => page(index, { cursor }))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
    });
    expect(index.stretches).toEqual([]);
  });
});

test("a cursor reveals a time, and nothing of the id that it follows", async () => {
  const { nextCursor = "" } = await page(fakeIndex(entriesOf(3)), { limit: 1 });
  const told = JSON.parse(Buffer.from(nextCursor, "base64url").toString());
  expect(told).toEqual({ behind: expect.stringMatching(/#[0-9a-f]{12}$/) });
  expect(told.behind.startsWith(timeAt(2))).toBe(true);
  expect(JSON.stringify(told)).not.toContain("id-");
});

describe("not on a page", () => {
  test.each<[sentence: string, range: Partial<PageQuery>, names: readonly string[]]>([
    ["what lies before `from`", { from: timeAt(2) }, ["e3", "e2"]],
    ["what lies at `to`, or behind it", { to: timeAt(2) }, ["e1", "e0"]],
    ["either", { from: timeAt(1), to: timeAt(3) }, ["e2", "e1"]],
    ["anything, where the range is empty", { from: timeAt(2), to: timeAt(2) }, []],
    ["anything, where it is the wrong way round", { from: timeAt(3), to: timeAt(1) }, []],
  ])("%s", async (_, range, names) => {
    const index = fakeIndex(entriesOf(4));
    const { items, nextCursor } = await page(index, range);
    expect([namesOf(items), nextCursor]).toEqual([names, undefined]);
  });

  test("an empty range is not even read", async () => {
    const index = fakeIndex(entriesOf(4));
    await page(index, { from: timeAt(3), to: timeAt(1) });
    expect(index.stretches).toEqual([]);
  });

  test("a cursor does not lead out of the requested range", async () => {
    const index = fakeIndex(entriesOf(6));
    const { nextCursor: cursor } = await page(index, { limit: 2 });
    expect(namesOf((await page(index, { cursor, from: timeAt(2) })).items)).toEqual(["e3", "e2"]);
    expect(namesOf((await page(index, { cursor, to: timeAt(2) })).items)).toEqual(["e1", "e0"]);
    expect(await page(index, { cursor, from: timeAt(5) })).toEqual({ items: [] });
  });

  test("the second of two entries under one key", async () => {
    const [first, second] = entriesOf(2);
    const index = fakeIndex([...entriesOf(2), ...(first ? [first] : []), ...(second ? [second] : [])]);
    expect(await walk((cursor) => page(index, { limit: 1, cursor }))).toEqual([[second?.value], [first?.value]]);
  });
});

describe("pages", () => {
  test("go on behind a legal number of any length, with a cursor of the size that lists are sealed with", async () => {
    const numbers = [999_999, 1_000_000, Number.MAX_SAFE_INTEGER];
    const index = fakeIndex(
      numbers.map((number) => ({ key: indexKey(timeAt(0), "id", number), value: { name: `${number}` } })),
    );
    const cursors: string[] = [];
    const pages = await walk(async (cursor) => {
      if (cursor !== undefined) cursors.push(cursor);
      return page(index, { limit: 1, cursor });
    });
    expect(pages.flat().map(({ name }) => Number(name))).toEqual(numbers.toReversed());
    expect(cursors.map(({ length }) => length)).toEqual([newestFirstCursorSize, newestFirstCursorSize]);
  });

  test("go on behind items that are no entries, however many", async () => {
    const index = fakeIndex(entriesOf(20), 2);
    const read = async (range: KeyRange) => {
      const { entries, hasMore } = await index.read(range);
      const shown = entries.filter(({ value: { name } }) => ["e19", "e0"].includes(name));
      return { entries: shown, hasMore, lastKey: entries.at(-1)?.key };
    };
    const pages = await walk((cursor) => newestFirst({ limit: 50, cursor }, read, all, testContext()));
    expect(pages.flat().map(({ name }) => name)).toEqual(["e19", "e0"]);
    expect(index.stretches).toHaveLength(10);
  });

  test("the last page has no cursor, even if it is full", async () => {
    expect(await page(fakeIndex(entriesOf(2)), { limit: 2 })).not.toHaveProperty("nextCursor");
  });

  test("entries behind a full page that are not selected make no further page", async () => {
    expect(await page(fakeIndex(entriesOf(5)), { limit: 1 }, only(["e4"]))).not.toHaveProperty("nextCursor");
  });

  test("a full page takes no more reads", async () => {
    const index = fakeIndex(entriesOf(9), 3);
    expect(namesOf((await page(index, { limit: 3 })).items)).toEqual(["e8", "e7", "e6"]);
    expect(index.stretches).toHaveLength(1);
  });

  test("a page takes at most four reads, and may then be short or empty, with a cursor", async () => {
    const index = fakeIndex(entriesOf(9), 2);
    const pages = await walk((cursor) => page(index, { cursor }, only(["e0"])));
    expect(pages.map(namesOf)).toEqual([[], ["e0"]]);
    expect(index.stretches).toHaveLength(5);
  });

  test("near its deadline a page takes no further read, and goes on by its cursor", async () => {
    const index = fakeIndex(entriesOf(3), 2);
    const late = testContext({ deadlineAt: testContext().clock() });
    const pages = await walk((cursor) => page(index, { cursor }, only(["e0"]), late));
    expect(pages.map(namesOf)).toEqual([[], ["e0"]]);
  });

  test("entries of one time appear once each, no matter where a page ends among them", async () => {
    const entries = Array.from({ length: 7 }, (_, n) => ({
      key: indexKey(timeAt(1), "tie", n),
      value: { name: `t${n}` },
    }));
    const index = fakeIndex([...entriesOf(1), ...entries]);
    const pages = await walk((cursor) => page(index, { cursor, limit: 2 }));
    expect(pages.map((items) => items.length)).toEqual([2, 2, 2, 2]);
    expect(namesOf(pages.flat())).toEqual(["t6", "t5", "t4", "t3", "t2", "t1", "t0", "e0"]);
  });

  test("entries of one time appear once each, even if they fill many reads", async () => {
    const many = Array.from({ length: 300 }, (_, n) => ({
      key: indexKey(timeAt(1), `id-${n}`),
      value: { name: `${n}` },
    }));
    const pages = await walk((cursor) => page(fakeIndex(many), { cursor, limit: 40 }));
    expect(new Set(namesOf(pages.flat())).size).toBe(300);
    expect(pages.flat()).toHaveLength(300);
  });

  test("an event that is filed late, where a page ended, does not repeat entries", async () => {
    const [early, late] = [
      { key: indexKey(timeAt(1), "id", 1), value: { name: "early" } },
      { key: indexKey(timeAt(1), "id", 2), value: { name: "late" } },
    ];
    const old = { key: indexKey(timeAt(0), "id-0"), value: { name: "old" } };
    const { items, nextCursor: cursor } = await page(fakeIndex([early, old]), { limit: 1 });
    expect(namesOf(items)).toEqual(["early"]);
    expect(namesOf((await page(fakeIndex([early, late, old]), { cursor })).items)).toEqual(["old"]);
  });

  test("nothing is left out if the entry that a cursor follows no longer exists", async () => {
    const entries = entriesOf(3);
    const { nextCursor: cursor } = await page(fakeIndex(entries), { limit: 1 });
    expect(namesOf((await page(fakeIndex(entries.slice(0, 2)), { cursor })).items)).toEqual(["e1", "e0"]);
  });
});
