import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { CallerThrottle } from "../../lambda/http/caller-throttle.ts";
import { testProperty } from "../support/property.ts";

const settings = { burst: 3, perSecond: 0.5 };

describe("the throttle of a caller", () => {
  testProperty(
    "never admits more requests than burst and rate together, at any times",
    { small: 500, large: 50_000 },
    fc.property(fc.array(fc.integer({ min: 0, max: 100 })), (tenthsBetween) => {
      const throttle = new CallerThrottle(settings);
      let now = 0; // seconds
      let granted = 0;
      for (const tenths of tenthsBetween) {
        now += tenths / 10;
        if (throttle.take("alice", new Date(now * 1000)) === 0) granted += 1;
      }
      expect(granted).toBeLessThanOrEqual(settings.burst + now * settings.perSecond);
    }),
  );
});
