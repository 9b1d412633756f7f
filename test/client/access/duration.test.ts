import { describe, expect, test } from "@jest/globals";
import { durationOption, parseDuration } from "../../../client/access/duration.ts";
import { showDuration } from "../../../contract/duration.ts";

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
  [0, "0s"],
  [-5, "0s"],
  [9.4, "9s"],
  [125, "2m5s"],
  [3600, "1h"],
  [3605, "1h5s"],
  [28_800, "8h"],
  [86_399, "23h59m59s"],
  [86_400, "24h"],
])("a duration in a message is for people, and can be typed again: %d seconds are %s", (seconds, shown) => {
  expect(showDuration(seconds)).toBe(shown);
  if (seconds >= 1) expect(parseDuration(shown)).toBe(Math.round(seconds));
});
