import { describe, expect, test } from "@jest/globals";
import { begin, fail, nothingYet, type PagesState, receive } from "../../../web/api/pages-state.ts";

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const first: PagesState<number> = receive(nothingYet, { items: numbers(0, 30), nextCursor: "c" });

test("a page is put into chunks of which only the last one changes", () => {
  const next = receive(begin(first, "more"), { items: numbers(30, 60) });
  expect(next.chunks).toEqual([numbers(0, 25), numbers(25, 50), numbers(50, 60)]);
  expect(next.chunks[0]).toBe(first.chunks[0]);
  expect(next.nextCursor).toBeUndefined();
});

test("an empty page changes no row, and says where to go on", () => {
  const next = receive(begin(first, "more"), { items: [], nextCursor: "d" });
  expect(next).toMatchObject({ chunks: first.chunks, nextCursor: "d" });
});

test("the rows stay until the list arrives that takes their place", () => {
  for (const loading of ["other", "again"] as const) {
    const started = begin(first, loading);
    expect(started.chunks).toBe(first.chunks);
    expect(receive(started, { items: [7] })).toEqual({ chunks: [[7]], incomplete: [], nextCursor: undefined });
  }
});

describe("if a list cannot be loaded", () => {
  const error = new Error("no");
  test.each([
    ["other", 0],
    ["again", 30],
    ["more", 30],
  ] as const)("%s: %d rows stay", (loading, count) => {
    const failed = fail(begin(first, loading), error);
    expect(failed.chunks.flat()).toHaveLength(count);
    expect(failed).toMatchObject({ error, loading: undefined });
  });
  test("the next attempt forgets why", () => {
    expect(begin(fail(begin(first, "more"), error), "more").error).toBeUndefined();
  });
});

test("an account that could not be read is said once", () => {
  const incomplete = [{ accountId: "444455556666", region: "eu-west-1", code: "upstream-unavailable" }];
  const once = receive(nothingYet, { items: [1], nextCursor: "c", incomplete });
  const twice = receive(begin(once, "more"), { items: [2], incomplete: [...incomplete] });
  expect(twice.incomplete).toEqual(incomplete);
  expect(receive(begin(twice, "again"), { items: [1] }).incomplete).toEqual([]);
});
