import { describe, expect, test } from "@jest/globals";
import { newestFirst, type PageQuery } from "../../../lambda/lists/newest-first.ts";
import { fakeIndex, walk } from "../../support/fake-index.ts";
import { problemFrom } from "../../support/problems.ts";

const timeAt = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();
/** One a second: `e0` is the oldest. */
const entriesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `${timeAt(n)}#id-${n}`, value: { name: `e${n}` } }));

type Value = { readonly name: string };
const all = async (values: readonly Value[]) => values;
const only = (names: readonly string[]) => async (values: readonly Value[]) =>
  values.filter(({ name }) => names.includes(name));
const namesOf = (values: readonly Value[]) => values.map(({ name }) => name);
const page = (index: ReturnType<typeof fakeIndex<Value>>, query: Partial<PageQuery>, select = all) =>
  newestFirst({ limit: 50, ...query }, index.read, select);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const mark = "0123456789abcdef";

describe("a cursor that is not ours is refused, before anything is read", () => {
  test.each([
    ["nothing", ""],
    ["no base64", "A"],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["no time", base64url({ mark })],
    ["no mark", base64url({ at: timeAt(0) })],
    ["a time that is none", base64url({ at: "now", mark })],
    ["a time without milliseconds", base64url({ at: "2026-01-02T03:04:05Z", mark })],
    ["a whole key", base64url({ at: `${timeAt(0)}#id-0`, mark })],
    ["a mark of another length", base64url({ at: timeAt(0), mark: `${mark}0` })],
    ["a mark that is not hexadecimal", base64url({ at: timeAt(0), mark: "g".repeat(16) })],
    ["something more", base64url({ at: timeAt(0), mark, limit: 5 })],
    ["one of the list of instances", base64url({ skip: 0 })],
    ["one too long for the parser", base64url({ at: timeAt(0), mark, more: "x".repeat(4000) })],
  ])("%s", async (_, cursor) => {
    const index = fakeIndex(entriesOf(3));
    expect(await problemFrom(() => page(index, { cursor }))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
    });
    expect(index.stretches).toEqual([]);
  });
});

test("a cursor tells a time, and nothing of the id behind which it stands", async () => {
  const { nextCursor = "" } = await page(fakeIndex(entriesOf(3)), { limit: 1 });
  const told = JSON.parse(Buffer.from(nextCursor, "base64url").toString());
  expect(Object.keys(told)).toEqual(["at", "mark"]);
  expect(told.at).toBe(timeAt(2));
  expect(JSON.stringify(told)).not.toContain("id-");
});

describe("what is not on a page", () => {
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

  test("a cursor does not lead out of the range that is asked with it", async () => {
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
  test("the last has no cursor, even where it is full", async () => {
    expect(await page(fakeIndex(entriesOf(2)), { limit: 2 })).not.toHaveProperty("nextCursor");
  });

  test("what is not selected behind a full page makes no page more", async () => {
    expect(await page(fakeIndex(entriesOf(5)), { limit: 1 }, only(["e4"]))).not.toHaveProperty("nextCursor");
  });

  test("one that is full takes no more reads", async () => {
    const index = fakeIndex(entriesOf(9), 3);
    expect(namesOf((await page(index, { limit: 3 })).items)).toEqual(["e8", "e7", "e6"]);
    expect(index.stretches).toHaveLength(1);
  });

  test("one takes four reads at most, and is short then, or empty, and goes on", async () => {
    const index = fakeIndex(entriesOf(9), 2);
    const pages = await walk((cursor) => page(index, { cursor }, only(["e0"])));
    expect(pages.map(namesOf)).toEqual([[], ["e0"]]);
    expect(index.stretches).toHaveLength(5);
  });

  test("entries of one time are shown each once, wherever a page ends among them", async () => {
    const entries = Array.from({ length: 7 }, (_, n) => ({ key: `${timeAt(1)}#tie-${n}`, value: { name: `t${n}` } }));
    const index = fakeIndex([...entriesOf(3), ...entries]);
    const pages = await walk((cursor) => page(index, { cursor, limit: 2 }));
    expect(pages.map((items) => items.length)).toEqual([2, 2, 2, 2, 2]);
    expect(namesOf(pages.flat())).toEqual(["e2", "t6", "t5", "t4", "t3", "t2", "t1", "t0", "e1", "e0"]);
  });

  test("an event that is filed late, under the time at which a page ended, does not bring what was shown again", async () => {
    const [early, late] = [
      { key: `${timeAt(1)}#id.1`, value: { name: "early" } },
      { key: `${timeAt(1)}#id.2`, value: { name: "late" } },
    ];
    const old = { key: `${timeAt(0)}#id-0`, value: { name: "old" } };
    const { items, nextCursor: cursor } = await page(fakeIndex([early, old]), { limit: 1 });
    expect(namesOf(items)).toEqual(["early"]);
    expect(namesOf((await page(fakeIndex([early, late, old]), { cursor })).items)).toEqual(["old"]);
  });

  test("where the entry is gone behind which a cursor stands, nothing is left out", async () => {
    const entries = entriesOf(3);
    const { nextCursor: cursor } = await page(fakeIndex(entries), { limit: 1 });
    expect(namesOf((await page(fakeIndex(entries.slice(0, 2)), { cursor })).items)).toEqual(["e1", "e0"]);
  });
});
