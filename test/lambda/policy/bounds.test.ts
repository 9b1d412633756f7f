import { describe, expect, test } from "@jest/globals";
import { defaultBounds, readBounds, smallestBounds } from "../../../lambda/policy/bounds.ts";

describe("an invalid bound", () => {
  test.each([
    ["maxDurationSeconds", ["", "0", "-1", "1.5", "1e3", "060", " 60", "60 ", "60\n", "0x3c", "86401", "٦٠", "NaN"]],
    ["pendingTimeoutSeconds", ["", "0", "59", "604801", "99999999999999999999", "Infinity"]],
  ] as const)("@%s", (name, values) => {
    for (const value of values) expect(() => readBounds({ [name]: value })).toThrow(`@${name} must be a whole number`);
  });
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
  ])("%s", (_, annotations, bounds) => {
    expect(readBounds(annotations)).toEqual(bounds);
  });
});

describe("the smallest of several", () => {
  test.each<[sentence: string, all: Parameters<typeof smallestBounds>[0], bounds: object]>([
    ["of none: the defaults, a day and an hour", [], { maxDurationSeconds: 86_400, pendingTimeoutSeconds: 3600 }],
    ["of some that say nothing: the defaults", [{}, {}], defaultBounds],
    [
      "each by itself",
      [{ maxDurationSeconds: 60 }, { pendingTimeoutSeconds: 90 }],
      { maxDurationSeconds: 60, pendingTimeoutSeconds: 90 },
    ],
    [
      "whichever comes first",
      [{ maxDurationSeconds: 900 }, { maxDurationSeconds: 60 }, {}, { maxDurationSeconds: 600 }],
      { ...defaultBounds, maxDurationSeconds: 60 },
    ],
    [
      "a time-out longer than the default, where none is shorter",
      [{ pendingTimeoutSeconds: 86_400 }, {}],
      { ...defaultBounds, pendingTimeoutSeconds: 86_400 },
    ],
  ])("%s", (_, all, bounds) => {
    expect(smallestBounds(all)).toEqual(bounds);
  });
});
