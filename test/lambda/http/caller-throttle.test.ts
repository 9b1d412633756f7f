import { describe, expect, test } from "@jest/globals";
import { CallerThrottle } from "../../../lambda/http/caller-throttle.ts";

const settings = { burst: 3, perSecond: 0.5 };

/** The Retry-After of requests at these times, all in seconds. */
function retryAfter(moments: readonly number[], throttle = new CallerThrottle(settings)): number[] {
  return moments.map((moment) => throttle.take("alice", new Date(moment * 1000)));
}

describe("one caller's requests", () => {
  test.each([
    ["over the burst are told when to ask again", [0, 0, 0, 0], [0, 0, 0, 2]],
    ["that are refused cost nothing", [0, 0, 0, 0, 1, 2], [0, 0, 0, 2, 1, 0]],
    ["are let in again one by one", [0, 0, 0, 2, 2, 4], [0, 0, 0, 0, 2, 0]],
    ["save up no more than a burst", [0, 1000, 1000, 1000, 1000], [0, 0, 0, 0, 2]],
    ["gain nothing by a clock that goes back", [10, 10, 10, 5], [0, 0, 0, 2]],
    ["within the rate are never refused", [0, 2, 4, 6, 8, 10], [0, 0, 0, 0, 0, 0]],
  ])("%s", (_, moments, expected) => {
    expect(retryAfter(moments)).toEqual(expected);
  });

  test("do not count against another caller", () => {
    const throttle = new CallerThrottle(settings);
    expect(retryAfter([0, 0, 0, 0], throttle)).toEqual([0, 0, 0, 2]);
    expect(throttle.take("bob", new Date(0))).toBe(0);
  });
});

test("of more than 10,000 callers, the one whose last request is longest ago is forgotten", () => {
  const throttle = new CallerThrottle(settings);
  const spend = (caller: string) => [0, 0, 0].map(() => throttle.take(caller, new Date(0)));
  spend("alice");
  spend("bob");
  for (let caller = 3; caller <= 10_000; caller += 1) throttle.take(`caller ${caller}`, new Date(0));
  expect(throttle.take("alice", new Date(0))).toBe(2); // 10,000 are remembered, and her request is now the last
  throttle.take("one more", new Date(0));
  expect(["alice", "bob"].map((caller) => throttle.take(caller, new Date(0)))).toEqual([2, 0]);
});
