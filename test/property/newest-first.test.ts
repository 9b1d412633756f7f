import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { pageQuery } from "../../contract/page.ts";
import { indexKey, type KeyRange } from "../../lambda/lists/index-key.ts";
import { mergeReads } from "../../lambda/lists/merge-reads.ts";
import { newestFirst } from "../../lambda/lists/newest-first.ts";
import { fakeIndex } from "../support/fake-index.ts";
import { problemFrom } from "../support/problems.ts";
import { testProperty } from "../support/property.ts";
import { testContext } from "../support/test-context.ts";

const timeAt = (milliseconds: number) => new Date(Date.UTC(2026, 0, 2) + milliseconds).toISOString();
const maxPages = 1000; // more than any index here fills, so that cursors in a circle end

describe("lists, newest first", () => {
  // Few moments, so that many entries share one.
  const moment = fc.integer({ min: 0, max: 12 });
  const entries = fc.uniqueArray(fc.record({ at: moment, id: fc.nat(30), isSelected: fc.boolean() }), {
    maxLength: 60,
    size: "max",
    selector: ({ at, id }) => `${at}#${id}`,
  });
  const limits = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  const range = fc.record({ from: fc.option(moment, { nil: undefined }), to: fc.option(moment, { nil: undefined }) });

  testProperty(
    "following the cursors shows every selected entry of the range once and in order, and no page is short or empty while more " +
      "follow, unless its four reads are spent, with any limits and sizes of reads, " +
      "from one index or several",
    { small: 300, large: 5000 },
    fc.asyncProperty(
      entries,
      limits,
      range,
      fc.record({ size: fc.integer({ min: 1, max: 40 }), shards: fc.integer({ min: 1, max: 4 }) }),
      async (given, inTurn, { from, to }, { size, shards }) => {
        const values = given.map(({ at, id, isSelected }) => ({ at, isSelected, key: indexKey(timeAt(at), "id", id) }));
        const indexes = Array.from({ length: shards }, (_, shard) =>
          fakeIndex(
            values.filter((_, n) => n % shards === shard).map((value) => ({ key: value.key, value })),
            size,
          ),
        );
        let reads = 0;
        const read = async (range: KeyRange) => {
          reads += 1;
          return mergeReads(await Promise.all(indexes.map((index) => index.read(range))));
        };
        const selected = async (some: readonly (typeof values)[number][]) =>
          some.filter(({ isSelected }) => isSelected);
        const query = {
          ...(from !== undefined && { from: timeAt(from) }),
          ...(to !== undefined && { to: timeAt(to) }),
        };
        const found: string[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages < maxPages; pages += 1) {
          const limit = inTurn[pages % inTurn.length] ?? 1;
          reads = 0;
          const page = await newestFirst({ ...query, limit, cursor }, read, selected, testContext());
          expect(page.items.length).toBeLessThanOrEqual(limit);
          expect(reads).toBeLessThanOrEqual(4);
          if (page.nextCursor !== undefined && reads < 4) expect(page.items).toHaveLength(limit);
          found.push(...page.items.map(({ key }) => key));
          cursor = page.nextCursor;
          if (cursor === undefined) break;
        }
        const expected = values
          .filter(({ at, isSelected }) => isSelected && at >= (from ?? 0) && at < (to ?? Number.POSITIVE_INFINITY))
          .map(({ key }) => key);
        expect(found).toEqual(expected.sort().reverse());
      },
    ),
  );

  const readWith = (cursor: string) =>
    newestFirst({ limit: 1, cursor }, fakeIndex([]).read, async () => [], testContext());
  const hostile = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.json().map((text) => Buffer.from(text).toString("base64url")),
    fc.record({ behind: fc.oneof(fc.string(), fc.anything()) }, { requiredKeys: [] }).map(base64url),
  );

  testProperty(
    "a made-up cursor is an invalid request, and nothing else",
    { small: 500, large: 20_000 },
    fc.asyncProperty(hostile, async (cursor) => {
      expect(await problemFrom(() => readWith(cursor))).toMatchObject({ code: "invalid-request" });
    }),
  );

  testProperty(
    "a cursor with one character changed is invalid or stands for another place",
    { small: 300, large: 5000 },
    fc.asyncProperty(fc.nat(), fc.nat(99), fc.string({ minLength: 1, maxLength: 1 }), async (at, place, other) => {
      const index = fakeIndex([1, 2].map((n) => ({ key: indexKey(timeAt(at % 1e12), `id-${n}`), value: n })));
      const { nextCursor = "" } = await newestFirst({ limit: 1 }, index.read, async (some) => some, testContext());
      expect(pageQuery.cursor.parse(nextCursor)).toBe(nextCursor);
      const changed = [...nextCursor].with(place % nextCursor.length, other).join("");
      // It may be a cursor for another place, but never another spelling of the same one.
      const same = changed === nextCursor;
      const [problem] = await Promise.allSettled([readWith(changed)]);
      if (problem.status === "rejected") expect(problem.reason).toMatchObject({ code: "invalid-request" });
      else expect(decoded(changed) === decoded(nextCursor)).toBe(same);
    }),
  );
});

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value) ?? "").toString("base64url");
}

function decoded(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString();
}
