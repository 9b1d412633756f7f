import { describe, expect, test } from "@jest/globals";
import { nextAttempt, planSyncs } from "../../../lambda/inventory/plan-syncs.ts";
import type { SyncStatus } from "../../../lambda/inventory/ports.ts";
import { type TargetKey, targetKey } from "../../../lambda/shared/target.ts";
import { secondsAfter } from "../../../lambda/shared/time.ts";

const now = new Date("2026-01-02T03:04:05.000Z");
const eu: TargetKey = { accountId: "444455556666", region: "eu-west-1" };
const us: TargetKey = { accountId: "444455556666", region: "us-east-1" };

const plan = (targets: readonly TargetKey[], statuses: readonly SyncStatus[] = [], hurry = false) =>
  planSyncs(targets, statuses, { now, hurry });

const failed = (failures: number, secondsAgo: number): SyncStatus => ({
  ...eu,
  failures,
  code: "aws-refused",
  failedAt: secondsAfter(now, -secondsAgo),
});

describe("a target", () => {
  test.each<[sentence: string, status: SyncStatus, hurry: boolean, isSynced: boolean]>([
    ["that failed just now waits", failed(1, 1), false, false],
    ["that failed three times waits for ten minutes at least", failed(3, 599), false, false],
    ["that fails for days waits for half an hour at least", failed(500, 1799), false, false],
    ["that failed once is tried by the next regular start", failed(1, 600), false, true],
    ["that failed twice is, too", failed(2, 600), false, true],
    ["that failed three times is tried after twenty minutes at last", failed(3, 1200), false, true],
    ["that fails for days is tried each hour", failed(500, 3600), false, true],
    ["that failed just now is tried after a deployment", failed(3, 1), true, true],
    ["that did not fail is synced", { ...eu, syncedAt: now }, false, true],
  ])("%s", (_, status, hurry, isSynced) => {
    const messages = plan([eu], [status], hurry).map(({ message }) => message);
    expect(messages).toEqual(isSynced ? [{ kind: "page", ...eu, failures: status.failures ?? 0 }] : []);
  });

  test("that nobody has synced is synced", () => {
    expect(plan([eu])).toEqual([{ message: { kind: "page", ...eu, failures: 0 }, delaySeconds: 0 }]);
  });

  test("that is no longer served is dropped, and no other", () => {
    expect(
      plan(
        [eu],
        [
          { ...eu, syncedAt: now },
          { ...us, syncedAt: now },
        ],
      ).map(({ message }) => message),
    ).toEqual([
      { kind: "drop", ...us },
      { kind: "page", ...eu, failures: 0 },
    ]);
  });

  test("waits another time than others that failed when it did", () => {
    const regions = Array.from({ length: 20 }, (_, index) => ({ ...eu, region: `region-${index}` }));
    const times = regions.map((target) => nextAttempt({ ...failed(3, 0), ...target })?.getTime());
    expect(new Set(times).size).toBeGreaterThan(15);
  });
});

describe("200 accounts with 4 regions", () => {
  const targets = Array.from({ length: 200 }, (_, account) =>
    Array.from({ length: 4 }, (_, region) => ({
      accountId: `${100_000_000_000 + account}`,
      region: `region-${region}`,
    })),
  ).flat();
  const starts = plan(targets).flatMap(({ message, delaySeconds }) =>
    message.kind === "page" ? [{ target: message, delaySeconds }] : [],
  );

  test("are all synced, once", () => {
    expect(starts.map(({ target }) => targetKey(target)).sort()).toEqual(targets.map(targetKey).sort());
  });

  test("begin in less than five minutes", () => {
    expect(Math.max(...starts.map(({ delaySeconds }) => delaySeconds))).toBeLessThan(300);
  });

  test("begin three in a second at most, and one of an account", () => {
    const most = (names: readonly string[]) =>
      Math.max(...names.map((name) => names.filter((each) => each === name).length));
    expect(most(starts.map(({ delaySeconds }) => `${delaySeconds}`))).toBe(3);
    expect(most(starts.map(({ target, delaySeconds }) => `${target.accountId} ${delaySeconds}`))).toBe(1);
  });
});

test("17 regions of one account begin one after the other", () => {
  const targets = Array.from({ length: 17 }, (_, index) => ({ ...eu, region: `region-${index}` }));
  expect(plan(targets).map(({ delaySeconds }) => delaySeconds)).toEqual(targets.map((_, index) => index));
});
