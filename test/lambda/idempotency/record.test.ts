import { expect, test } from "@jest/globals";
import {
  type IdempotencyRecord,
  retryAfter,
  type Standing,
  standingOf,
  startRecord,
} from "../../../lambda/idempotency/record.ts";

const now = new Date("2026-01-02T03:04:05.678Z");
const seconds = Math.floor(now.getTime() / 1000);

const record = (more: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  status: "running",
  fingerprint: "fingerprint",
  claim: "claim",
  resultId: "result",
  lockedUntil: "2026-01-02T03:04:05.679Z",
  deleteAt: seconds + 1,
  ...more,
});
const over = { lockedUntil: now.toISOString() };
const response = "{}";

test.each<[sentence: string, found: IdempotencyRecord | undefined, standing: Standing]>([
  ["no record", undefined, "absent"],
  ["a record after its day", record({ deleteAt: seconds }), "absent"],
  ["another body's record, after its day", record({ fingerprint: "other", deleteAt: seconds }), "absent"],
  ["another body's, running", record({ fingerprint: "other" }), "mismatch"],
  ["another body's, done", record({ fingerprint: "other", status: "done", response }), "mismatch"],
  ["another body's, released", record({ fingerprint: "other", status: "released" }), "mismatch"],
  ["another body's, cut off", record({ fingerprint: "other", ...over }), "mismatch"],
  ["a run with a millisecond left", record(), "running"],
  ["a run with a millisecond left, which replaces a response", record({ response }), "running"],
  ["a run past its lock", record(over), "interrupted"],
  ["a run past its lock, which was replacing a response", record({ ...over, response }), "answered"],
  ["a response", record({ status: "done", response }), "answered"],
  ["a run that came to nothing", record({ status: "released" }), "released"],
])("%s", (_, found, standing) => {
  expect(standingOf(found, "fingerprint", now)).toBe(standing);
});

test("a run starts with new names, a lock until five seconds after its calls, and a lifetime of a day", () => {
  const deadline = new Date("2026-01-02T03:04:13.000Z");
  const [one, other] = [startRecord("f", deadline, now), startRecord("f", deadline, now)];
  expect(one).toEqual({
    status: "running",
    fingerprint: "f",
    claim: expect.any(String),
    resultId: expect.any(String),
    lockedUntil: "2026-01-02T03:04:18.000Z",
    deleteAt: seconds + 86_400,
  });
  expect(new Set([one.claim, one.resultId, other.claim, other.resultId]).size).toBe(4);
});

test.each([
  ["a lock that has just ended", 0, 1],
  ["a millisecond of the lock", 0.001, 1],
  ["a little more than two seconds", 2.001, 3],
  ["a lock of many seconds", 13, 5],
])("the time to retry is between 1 and 5 seconds: %s", (_, left, seconds) => {
  const lockedUntil = new Date(now.getTime() + left * 1000).toISOString();
  expect(retryAfter({ lockedUntil }, now)).toBe(seconds);
});
