import { describe, expect, test } from "@jest/globals";
import { retryAfterSeconds } from "../../../lambda/webhooks/retry-after.ts";
import { isAttemptDue, longestHiding, secondsToNext } from "../../../lambda/webhooks/timetable.ts";

const [minute, hour] = [60, 3600];

/** The ages at which a message is attempted, if its queue delivers it so many seconds late each time. */
function attempts(lateness: number): number[] {
  const made: number[] = [];
  let age = lateness;
  for (;;) {
    if (isAttemptDue(age)) made.push(age);
    const seconds = secondsToNext(age);
    if (seconds === undefined) return made;
    expect(seconds).toBeLessThanOrEqual(longestHiding);
    age += seconds + lateness;
  }
}

test("the attempts are those of Standard Webhooks", () => {
  const made = attempts(0);
  expect(made.map((age, index) => age - (made[index - 1] ?? 0))).toEqual([
    ...[0, 5, 5 * minute, 30 * minute, 2 * hour, 5 * hour],
    ...[10 * hour, 14 * hour, 20 * hour, 24 * hour],
  ]);
});

test.each([0.2, 3, 20])("a message that is always delivered %p s late gets them all", (lateness) => {
  const made = attempts(lateness);
  expect(made.length).toBeGreaterThanOrEqual(lateness < 5 ? 10 : 9);
  expect(made.at(-1)).toBeGreaterThanOrEqual(75 * hour);
});

test("a clock that is behind the queue's does not hold back the first attempt", () => {
  expect(isAttemptDue(-2)).toBe(true);
  expect(secondsToNext(-2)).toBe(2);
});

test("SQS never hides a message for longer than twelve hours after it was received", () => {
  expect(longestHiding + 15 * minute).toBe(12 * hour);
});

describe("a receiver that asks to wait", () => {
  test.each([
    ["for less than the next wait, is called after that", 0, 2, 5],
    ["for longer, is called when it asked to be", 0, 90, 90],
    ["for a day, is called after half a day", 0, 24 * hour, longestHiding],
    ["after the last attempt, is not called again", 76 * hour, 90, undefined],
  ])("%s", (_, age, asked, seconds) => expect(secondsToNext(age, asked)).toBe(seconds));

  const now = new Date("2026-01-02T03:04:05.500Z");
  test.each([
    ["in seconds", "120", 120],
    ["until a moment", "Fri, 02 Jan 2026 03:05:05 GMT", 60],
    ["until a moment that has passed", "Fri, 02 Jan 2026 03:00:00 GMT", 0],
    ["not at all", undefined, undefined],
    ["in words", "soon", undefined],
    ["for longer than a number can say", "99999999999999999999", undefined],
    ["for a negative time", "-5", undefined],
  ])("says so %s", (_, header, seconds) => expect(retryAfterSeconds(header, now)).toBe(seconds));
});
