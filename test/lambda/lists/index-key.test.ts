import { expect, test } from "@jest/globals";
import { auditEventQuery } from "../../../contract/audit-event.ts";
import { everything, indexKey, indexKeyForm, lowerBound } from "../../../lambda/lists/index-key.ts";

const second = "2026-01-02T03:04:05";
const keyAt = (fraction: string) => `${second}.${fraction}Z#ar-1.1`;

test.each([
  ["a millisecond takes its own keys in", `${second}.678Z`, keyAt("678"), true],
  ["and none before it", `${second}.678Z`, keyAt("677"), false],
  ["a second is its first millisecond", `${second}Z`, keyAt("000"), true],
  ["so is one with a decimal", `${second}.6Z`, keyAt("600"), true],
  ["which takes none before it", `${second}.6Z`, keyAt("599"), false],
  ["a moment within a millisecond leaves that out", `${second}.6780001Z`, keyAt("678"), false],
  ["and takes the next in", `${second}.6780001Z`, keyAt("679"), true],
  ["noughts do not make a moment any later", `${second}.678000000Z`, keyAt("678"), true],
  ["the last moment of all is one", "9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59.999Z#ar-1.1", false],
])("%s", (_, time, key, isInside) => {
  // The contract accepts exactly the times that can be read.
  expect(auditEventQuery.safeParse({ from: time }).success).toBe(true);
  expect(key >= lowerBound(time)).toBe(isInside);
});

test("everything is between the year 0 and the year 9999", () => {
  expect(everything.from < "0000-01-01T00:00:00.000Z#").toBe(true);
  expect(everything.before > "9999-12-31T23:59:59.999Z$").toBe(true);
});

test("a key reveals its time, and nothing of the id", () => {
  const key = indexKey(`${second}.678Z`, "ar-1", 7);
  expect(key).toMatch(indexKeyForm);
  expect(key).toMatch(/^2026-01-02T03:04:05\.678Z#[0-9a-f]{12}\.0000000000000007$/);
  expect(key).not.toContain("ar-1");
});

test("several events of one item at one time stay in order", () => {
  const keys = [1, 9, 10, 999_999, 1_000_000, 1_000_001, Number.MAX_SAFE_INTEGER].map((number) =>
    indexKey(`${second}.678Z`, "ar-1", number),
  );
  expect(keys.toSorted()).toEqual(keys);
  for (const key of keys) expect(key).toMatch(indexKeyForm);
});

test.each([`${second}Z`, `${second}.6Z`, `${second}.678912Z`])(
  "a key has milliseconds, however many decimals %s has",
  (time) => {
    expect(indexKey(time, "ar-1")).toMatch(indexKeyForm);
  },
);
