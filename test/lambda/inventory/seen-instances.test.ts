import { expect, test } from "@jest/globals";
import { SeenInstances } from "../../../lambda/inventory/seen-instances.ts";

const idOf = (index: number) => `i-${index.toString(16).padStart(17, "0")}`;

/** SQS's limit is 1 MiB; that of older queues is a quarter of it. */
const mostCharacters = 256 * 1024 - 2000;

/** 100,000 instances, on pages. */
function seenBy(salt: string): SeenInstances {
  let seen = new SeenInstances(salt);
  for (let page = 0; page < 10; page++) {
    for (let index = 0; index < 10_000; index++) seen.add(idOf(page * 10_000 + index));
    seen = new SeenInstances(salt, seen.toString());
  }
  return seen;
}
const [first, second] = [seenBy("a"), seenBy("b")];

test("what no page had is unknown to a sync of no pages", () => {
  expect(new SeenInstances("a").has(idOf(1))).toBe(false);
});

test("every instance of every page is known, and the text fits into a message", () => {
  expect(Array.from({ length: 100_000 }, (_, index) => index).filter((index) => !first.has(idOf(index)))).toEqual([]);
  expect(first.toString().length).toBeLessThan(mostCharacters);
});

test("one in eleven others is taken for one that was seen, and by the next sync another one", () => {
  const others = Array.from({ length: 10_000 }, (_, index) => idOf(1_000_000 + index));
  const mistaken = others.filter((id) => first.has(id));
  expect(mistaken.length).toBeGreaterThan(800);
  expect(mistaken.length).toBeLessThan(1100);
  expect(mistaken.filter((id) => second.has(id)).length).toBeLessThan(150);
});

test("text of another kind is refused", () => {
  expect(() => new SeenInstances("a", "AAAA")).toThrow();
});
