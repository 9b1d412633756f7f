import { describe, expect, test } from "@jest/globals";
import { policyClock } from "../../../lambda/policy/policy-time.ts";

const read = (timeZone: string, moment: string) => policyClock(timeZone)(new Date(moment));
const [monday, wednesday, thursday, friday, saturday, sunday] = [1, 3, 4, 5, 6, 7];

describe("hour and weekday are those of the zone's clocks", () => {
  test.each([
    ["midnight is 0, not 24", "UTC", "2026-01-02T00:00:00Z", 0, friday],
    ["the day's last moment", "UTC", "2026-01-02T23:59:59.999Z", 23, friday],
    ["Sunday is 7, not 0", "UTC", "2026-01-04T12:00:00Z", 12, sunday],
    ["Monday is 1", "UTC", "2026-01-05T12:00:00Z", 12, monday],
    ["already the next day in the east", "Asia/Tokyo", "2026-01-02T15:00:00Z", 0, saturday],
    ["still the day before in the west", "America/Los_Angeles", "2026-01-02T07:59:59Z", 23, thursday],
    ["the next day, fourteen hours ahead", "Pacific/Kiritimati", "2026-01-04T10:00:00Z", 0, monday],
    ["a zone of a half hour, before it strikes", "Asia/Kolkata", "2026-01-02T18:29:59Z", 23, friday],
    ["a zone of a half hour, as it strikes", "Asia/Kolkata", "2026-01-02T18:30:00Z", 0, saturday],
    ["a zone of three quarters", "Asia/Kathmandu", "2026-01-02T18:15:00Z", 0, saturday],
    ["a zone of a half hour behind, in winter", "America/St_Johns", "2026-01-02T03:29:59Z", 23, thursday],
    ["a leap day", "UTC", "2028-02-29T12:00:00Z", 12, 2],
  ])("%s: %s, %s", (_, timeZone, moment, hour, weekday) => {
    expect(read(timeZone, moment)).toMatchObject({ hour, weekday });
  });
});

describe("when clocks are put forward or back", () => {
  test.each([
    ["the last moment before the hour that is left out", "Europe/Berlin", "2026-03-29T00:59:59Z", 1],
    ["the hour 2 is left out", "Europe/Berlin", "2026-03-29T01:00:00Z", 3],
    ["the hour 2 the first time", "Europe/Berlin", "2026-10-25T00:59:59Z", 2],
    ["the hour 2 once more", "Europe/Berlin", "2026-10-25T01:00:00Z", 2],
    ["the hour 3 after it", "Europe/Berlin", "2026-10-25T02:00:00Z", 3],
    ["by half an hour: before", "Australia/Lord_Howe", "2026-10-03T15:29:59Z", 1],
    ["by half an hour: after, at half past two", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", 2],
  ])("%s: %s, %s", (_, timeZone, moment, hour) => {
    expect(read(timeZone, moment)).toMatchObject({ hour, weekday: sunday });
  });
});

test.each([
  ["seconds since 1970, in any zone", "Asia/Kolkata", "2026-01-02T03:04:05Z", 1_767_323_045],
  ["fractions are left out", "UTC", "2026-01-02T03:04:05.999Z", 1_767_323_045],
  ["before 1970 they are left out downwards", "UTC", "1969-12-31T23:59:59.500Z", -1],
])("epoch: %s", (_, timeZone, moment, epoch) => {
  expect(read(timeZone, moment)).toMatchObject({ epoch });
});

test("an unknown zone is refused when the clock is made", () => {
  expect(() => policyClock("Mars/Olympus_Mons")).toThrow(RangeError);
});

test("an invalid date is not a time", () => {
  expect(() => policyClock("UTC")(new Date(Number.NaN))).toThrow(RangeError);
});

test("weekdays wrap around", () => {
  const days = [0, 1, 2, 3, 4, 5, 6].map((day) => read("UTC", `2026-01-0${day + 1}T12:00:00Z`).weekday);
  expect(days).toEqual([thursday, friday, saturday, sunday, monday, 2, wednesday]);
});
