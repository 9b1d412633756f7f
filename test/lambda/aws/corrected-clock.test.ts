import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { CorrectedClock } from "../../../lambda/aws/corrected-clock.ts";

const start = Date.parse("2026-01-02T03:04:05Z");
const minute = 60_000;
const responseAt = (time: number, more: Record<string, string> = {}) => ({
  statusCode: 400,
  headers: { date: new Date(time).toUTCString(), ...more },
  body: new Uint8Array(),
});

let clock: CorrectedClock;
beforeEach(() => {
  jest.spyOn(Date, "now").mockReturnValue(start);
  clock = new CorrectedClock();
});

test.each<[sentence: string, response: ReturnType<typeof responseAt>, offset: number, isWorthAnother: boolean]>([
  ["AWS is an hour ahead", responseAt(start + 60 * minute), 60 * minute, true],
  ["AWS is an hour behind", responseAt(start - 60 * minute), -60 * minute, true],
  ["AWS is four minutes ahead", responseAt(start + 4 * minute), 4 * minute, true],
  ["AWS is a second less ahead", responseAt(start + 4 * minute - 1000), 4 * minute - 1000, false],
  ["both agree", responseAt(start), 0, false],
  ["a cache responds", responseAt(start + 60 * minute, { age: "3600" }), 0, false],
  ["the date is none", responseAt(start, { date: "yesterday" }), 0, false],
  ["there is no date", { ...responseAt(start), headers: { date: "" } }, 0, false],
])("%s", (_, response, offset, isWorthAnother) => {
  expect(clock.learnFrom(response, clock.now())).toBe(isWorthAnother);
  expect(clock.now()).toEqual(new Date(start + offset));
});

describe("calls at the same time", () => {
  test("each is worth another attempt that was signed before the correction, and none that was signed after", () => {
    const before = clock.now();
    const response = responseAt(start + 60 * minute);
    expect([clock.learnFrom(response, before), clock.learnFrom(response, before)]).toEqual([true, true]);
    expect(clock.learnFrom(response, clock.now())).toBe(false);
  });
});
