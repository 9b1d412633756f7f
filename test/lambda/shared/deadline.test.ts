import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { deadlineOf } from "../../../lambda/shared/deadline.ts";

const now = new Date("2026-01-02T03:04:05.678Z");
beforeEach(() => {
  jest.useFakeTimers({ now });
});
afterEach(() => {
  jest.useRealTimers();
});

const deadlineWith = (remaining: number) => deadlineOf({ getRemainingTimeInMillis: () => remaining });

test.each([
  ["two seconds are kept back", 29_000, 27_000],
  ["no deadline lies in the past", 1999, 0],
  ["not even when time is up", -5, 0],
])("%s", (_, remaining, untilDeadline) => {
  expect(deadlineWith(remaining).at.getTime() - now.getTime()).toBe(untilDeadline);
});

test("calls are ended at the deadline, and not before", async () => {
  jest.useRealTimers();
  const { signal } = deadlineWith(2020);
  expect(signal.aborted).toBe(false);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
});
