import { describe, expect, test } from "@jest/globals";
import { defaultBounds, readBounds, strictestBounds } from "../../../lambda/policy/bounds.ts";

describe("an invalid bound", () => {
  test.each([
    ["maxDurationSeconds", ["", "0", "-1", "1.5", "1e3", "060", " 60", "60 ", "60\n", "0x3c", "86401", "٦٠", "NaN"]],
    ["maxTotalSeconds", ["", "0", "172801"]],
    ["pendingTimeoutSeconds", ["", "0", "59", "604801", "99999999999999999999", "Infinity"]],
  ] as const)("@%s", (name, values) => {
    for (const value of values) expect(() => readBounds({ [name]: value })).toThrow(`@${name} must be a whole number`);
  });
});

test.each(["", "0", "501", "ten"])("a length that is no number of characters: %s", (value) => {
  const message = "@minReasonLength must be a whole number of characters from 1 to 500";
  expect(() => readBounds({ minReasonLength: value })).toThrow(message);
});

describe("read", () => {
  test.each<[sentence: string, annotations: Record<string, string>, bounds: object]>([
    ["nothing of nothing", {}, {}],
    ["nothing of other annotations", { id: "x", description: "60" }, {}],
    ["the longest access alone", { maxDurationSeconds: "1" }, { maxDurationSeconds: 1 }],
    ["the time-out alone", { pendingTimeoutSeconds: "60" }, { pendingTimeoutSeconds: 60 }],
    [
      "both, at their most",
      { id: "x", maxDurationSeconds: "86400", pendingTimeoutSeconds: "604800" },
      { maxDurationSeconds: 86_400, pendingTimeoutSeconds: 604_800 },
    ],
    ["the least reason", { minReasonLength: "500" }, { minReasonLength: 500 }],
    ["the reason's pattern", { reasonPattern: "INC-[0-9]+" }, { reasonPatterns: ["INC-[0-9]+"] }],
  ])("%s", (_, annotations, bounds) => {
    expect(readBounds(annotations)).toEqual(bounds);
  });
});

describe("the strictest of several", () => {
  test.each<[sentence: string, all: Parameters<typeof strictestBounds>[0], bounds: object]>([
    [
      "of none: the defaults, a day, two days in all and an hour",
      [],
      { maxDurationSeconds: 86_400, maxTotalSeconds: 172_800, pendingTimeoutSeconds: 3600 },
    ],
    ["of some that say nothing: the defaults", [{}, {}], defaultBounds],
    [
      "each by itself",
      [{ maxDurationSeconds: 60 }, { pendingTimeoutSeconds: 90 }],
      { maxDurationSeconds: 60, maxTotalSeconds: 120, pendingTimeoutSeconds: 90 },
    ],
    [
      "a total of its own, in place of twice the longest access",
      [{ maxDurationSeconds: 60 }, { maxTotalSeconds: 3600 }, { maxTotalSeconds: 90 }],
      { maxDurationSeconds: 60, maxTotalSeconds: 90, pendingTimeoutSeconds: 3600 },
    ],
    [
      "whichever comes first",
      [{ maxDurationSeconds: 900 }, { maxDurationSeconds: 60 }, {}, { maxDurationSeconds: 600 }],
      { ...defaultBounds, maxDurationSeconds: 60, maxTotalSeconds: 120 },
    ],
    [
      "a time-out longer than the default, where none is shorter",
      [{ pendingTimeoutSeconds: 86_400 }, {}],
      { ...defaultBounds, pendingTimeoutSeconds: 86_400 },
    ],
    [
      "the longest of the least reasons",
      [{ minReasonLength: 9 }, { minReasonLength: 20 }, {}],
      { ...defaultBounds, minReasonLength: 20 },
    ],
    [
      "every pattern, once",
      [{ reasonPatterns: ["a"] }, { reasonPatterns: ["b"] }, { reasonPatterns: ["a"] }],
      { ...defaultBounds, reasonPatterns: ["a", "b"] },
    ],
  ])("%s", (_, all, bounds) => {
    expect(strictestBounds(all)).toEqual(bounds);
  });

  test.each<[sentence: string, all: Parameters<typeof strictestBounds>[0], startsIn: number, seconds: number]>([
    ["until it starts", [{}], 86_400.5, 86_401],
    ["an hour at least", [{}], 60, 3600],
    ["as long as policy says, if it says so", [{}, { pendingTimeoutSeconds: 90 }], 86_400, 90],
  ])("a scheduled request can wait for reviews %s", (_, all, startsIn, seconds) => {
    expect(strictestBounds(all, startsIn).pendingTimeoutSeconds).toBe(seconds);
  });
});
