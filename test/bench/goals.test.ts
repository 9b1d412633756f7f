import { describe, expect, test } from "@jest/globals";
import { type Figures, goals, goalsTable, isMet } from "../../bench/goals.ts";

const summary = (median: number) => ({ median, low: median - 1, high: median + 1 });

describe("a goal is met", () => {
  test.each([
    ["not by more than it allows", { atMost: 4 }, 4.01, false],
    ["not by less than it asks for", { atLeast: 400 }, 399, false],
    ["not by nothing", { atMost: 4 }, Number.NaN, false],
    ["not by quartiles, if the median is beyond", { atMost: 4 }, summary(4.5), false],
    ["by exactly what it allows", { atMost: 4 }, 4, true],
    ["by exactly what it asks for", { atLeast: 400 }, 400, true],
    ["by the median, if a quartile is beyond", { atMost: 4 }, summary(3.5), true],
  ])("%s", (_, bounds, figure, met) => {
    expect(isMet({ what: "a request", unit: "ms", ...bounds }, figure)).toBe(met);
  });
});

test("the table has each goal, what was measured beside it, and whether that meets it", () => {
  const figures = Object.fromEntries(Object.keys(goals).map((name) => [name, summary(2)]));
  const rows = goalsTable({ ...figures, bundle: 450 } as unknown as Figures).split("\n");
  expect(rows).toHaveLength(Object.keys(goals).length + 1);
  expect(rows.filter((row) => row.endsWith("  not met"))).toEqual([
    expect.stringMatching(/^8 in flight: requests a second of own CPU +2\.00 \/s \(1\.00–3\.00\) +≥ 400 \/s +not met$/),
    expect.stringMatching(/^a decision with 10 policies/),
    expect.stringMatching(/^a decision with 100 policies/),
    expect.stringMatching(/^latchkey ssh until ssh runs/),
  ]);
  expect(rows.find((row) => row.startsWith("bundle"))).toMatch(/ {2}450 kB +≤ 450 kB +met$/);
});
