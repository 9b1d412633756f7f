import { describe, expect, test } from "@jest/globals";
import { durationOption, parseDuration, showDuration } from "../../../client/access/duration.ts";

describe("a length of time is not", () => {
  test.each([
    ["nothing", ""],
    ["no time at all", "0"],
    ["no time at all, with a unit", "0h0m"],
    ["a unit alone", "h"],
    ["a fraction", "1.5h"],
    ["negative", "-1"],
    ["with spaces", "1 h"],
    ["in capitals", "1H"],
    ["in days", "1d"],
    ["in the wrong order", "30m1h"],
    ["more than a day", "25h"],
    ["a second more than a day", "86401"],
    ["in other digits", "١h"],
  ])("%s", (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

test.each([
  ["1h", 3600],
  ["30m", 1800],
  ["1h30m", 5400],
  ["90s", 90],
  ["1h0m1s", 3601],
  ["3600", 3600],
  ["1", 1],
  ["24h", 86_400],
])("%s is %i seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test("an option that is none says what one is", () => {
  expect(() => durationOption("soon")).toThrow(
    expect.objectContaining({
      exitCode: 64,
      message: 'invalid --duration "soon": use 1h, 30m, 1h30m or seconds (max 24h)',
    }),
  );
});

test.each([
  [0, "0 s"],
  [-5, "0 s"],
  [9.4, "9 s"],
  [125, "2 min 5 s"],
  [3600, "1 h"],
  [3725, "1 h 2 min"],
  [86_400, "24 h"],
])("%d seconds are shown as %s", (seconds, shown) => {
  expect(showDuration(seconds)).toBe(shown);
});
