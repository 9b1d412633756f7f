import { expect, test } from "@jest/globals";
import { earlier, epochSeconds, secondsAfter, wholeSeconds } from "../../../lambda/shared/time.ts";

const at = (time: string) => new Date(`2026-01-02T${time}Z`);

test.each([
  ["five", 5, "03:04:10.678"],
  ["no", 0, "03:04:05.678"],
  ["minus five", -5, "03:04:00.678"],
  ["one and a half", 1.5, "03:04:07.178"],
])("%s seconds after", (_, seconds, expected) => {
  expect(secondsAfter(at("03:04:05.678"), seconds)).toEqual(at(expected));
});

test.each([
  ["1970-01-01T00:00:00.000Z", 0],
  ["1970-01-01T00:00:00.999Z", 0],
  ["1970-01-01T00:00:01.000Z", 1],
  ["2026-01-02T03:04:05.678Z", 1_767_323_045],
])("%s is %d seconds after 1970", (time, seconds) => {
  expect(epochSeconds(new Date(time))).toBe(seconds);
});

test.each([
  ["03:04:05.000", "03:04:05.000"],
  ["03:04:05.001", "03:04:05.000"],
  ["03:04:05.999", "03:04:05.000"],
])("%s in whole seconds is %s, never later", (time, expected) => {
  expect(wholeSeconds(at(time))).toEqual(at(expected));
});

test.each([
  ["03:04:05.000", "03:04:05.001", "03:04:05.000"],
  ["03:04:05.001", "03:04:05.000", "03:04:05.000"],
  ["03:04:05.000", "03:04:05.000", "03:04:05.000"],
])("of %s and %s the earlier is %s", (one, other, expected) => {
  expect(earlier(at(one), at(other))).toEqual(at(expected));
});
