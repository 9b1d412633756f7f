import { expect, test } from "@jest/globals";
import { keyExpiry } from "../../../lambda/connect/key-expiry.ts";

test("a key ends sixty seconds after its attempt began, to the millisecond", () => {
  expect(keyExpiry(new Date("2026-01-02T23:59:30.678Z"))).toEqual(new Date("2026-01-03T00:00:30.678Z"));
});
