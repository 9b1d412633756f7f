import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readBudget } from "../../bench/budget.ts";
import { type BundleSizes, buildFunctions } from "../../bench/bundles.ts";
import { countCalls } from "../../bench/connection-calls.ts";
import type { ConnectionType } from "../../bench/events.ts";
import { minRuns, summarize } from "../../bench/statistics.ts";
import { functionNames } from "../../contract/routes.ts";
import { fleet, makeConnection } from "../support/api-client.ts";
import { run, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** Sizes and counts are the same on every machine, so they have bounds: `budget.json`. Times have none: `npm run bench`. */
const budget = await readBudget();

describe("within the budget", () => {
  let sizes: BundleSizes;
  beforeAll(async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    sizes = await buildFunctions(directory);
    await rm(directory, { recursive: true });
  });

  test.each(functionNames)("the bundle of %s: bytes and modules", (name) => {
    const { kilobytes, modules } = budget.bundles[name];
    expect(sizes[name].kilobytes).toBeLessThanOrEqual(kilobytes);
    expect(sizes[name].modules).toBeLessThanOrEqual(modules);
  });

  test("every bundle has a size", () => {
    for (const { kilobytes, modules } of Object.values(sizes))
      expect([kilobytes > 50, modules > 10]).toEqual([true, true]);
  });
});

describe("within the budget, if AWS responds after 80 ms", () => {
  const local = useLocalStack({ latency: 80 });
  const key = useKeyPair();
  const connect = (instanceId: string) =>
    makeConnection(local.stack.url, "alice", instanceId, { publicKey: key.pair.publicKey });

  beforeEach(async () => {
    // The first request does the work that a function does once.
    await connect(fleet.web1);
    local.stack.log.clear();
  });

  test.each<[ConnectionType, string]>([
    ["direct", fleet.web1],
    ["eice", fleet.db1],
  ])("a connection of type %s: round trips, reads and writes", async (connectionType, instanceId) => {
    expect(await connect(instanceId)).toMatchObject({ connectionType });
    const { roundTrips, reads, writes } = budget.connections[connectionType];
    const counted = countCalls(local.stack.log.calls);
    expect(counted.roundTrips).toBeLessThanOrEqual(roundTrips);
    expect(counted.reads).toBeLessThanOrEqual(reads);
    expect(counted.writes).toBeLessThanOrEqual(writes);
    expect(Math.min(...Object.values(counted))).toBeGreaterThan(0);
  });
});

describe("the bench reports nothing about fewer than 15 fresh processes", () => {
  test("if fewer are requested", async () => {
    const main = path.resolve(import.meta.dirname, "../../bench/main.ts");
    const { code, stdout, stderr } = await run(process.execPath, [main, "--runs", "14"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("--runs 14: at least 15 fresh processes");
  });

  test("if some were lost", () => {
    const values = Array.from({ length: minRuns }, (_, index) => index + 1);
    expect(summarize(values)).toEqual({ median: 8, low: 4.5, high: 11.5 });
    expect(() => summarize(values.slice(1))).toThrow("14 runs are too few: 15 at least");
    expect(() => summarize([...values, Number.NaN])).toThrow("A measurement is missing");
  });
});
