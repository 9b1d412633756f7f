import { readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Script } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { readBudget } from "../../bench/budget.ts";
import type { BundleSizes } from "../../bench/bundles.ts";
import { measureConsole } from "../../bench/console-size.ts";
import { minRuns, summarize } from "../../bench/statistics.ts";
import { commandFile } from "../../client/bytecode-cache.ts";
import { bundleNames } from "../../contract/routes.ts";
import { bytecodeFile, codeFile, unsealed } from "../../lambda/loader/bytecode.ts";
import { bundleOf } from "../../lib/function-bundles.ts";
import { run } from "../support/ssh-client.ts";
import { testBundleSizes, testBundles, testClient } from "./build-bundles.ts";

/** Sizes and counts are the same on every machine, so they have bounds: `budget.json` (the counts: `round-trips.test.ts`). Times have none. */
const budget = await readBudget();

describe("within the budget", () => {
  const sizes: BundleSizes = JSON.parse(readFileSync(testBundleSizes, "utf8"));

  test.each(bundleNames)("the bundle of %s: bytes and modules", (name) => {
    const { kilobytes, modules } = budget.bundles[name];
    expect(sizes[name].kilobytes).toBeLessThanOrEqual(kilobytes);
    expect(sizes[name].modules).toBeLessThanOrEqual(modules);
  });

  test.each(bundleNames)("the bytecode of %s: bytes, and V8 takes it", (name) => {
    const { bytecode, kilobytes } = sizes[name];
    expect(bytecode / kilobytes).toBeLessThanOrEqual(budget.bytecode.timesBundle);
    const bundle = bundleOf(testBundles, name);
    const code = readFileSync(path.join(bundle, codeFile));
    const cachedData = unsealed(code, readFileSync(path.join(bundle, bytecodeFile)));
    expect(new Script(code.toString("latin1"), { ...(cachedData && { cachedData }) }).cachedDataRejected).toBe(false);
  });

  test("the client: bytes", async () => {
    const { size } = await stat(path.join(testClient, commandFile));
    expect(size / 1000).toBeLessThanOrEqual(budget.client.kilobytes);
  });

  test("the console: bytes of its first load, of a terminal and of its styles", async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
    const { firstLoad, terminal, styles } = await measureConsole(directory).finally(() =>
      rm(directory, { recursive: true }),
    );
    expect(firstLoad).toBeLessThanOrEqual(budget.console.firstLoad.kilobytes);
    expect(terminal).toBeLessThanOrEqual(budget.console.terminal.kilobytes);
    expect(styles).toBeLessThanOrEqual(budget.console.styles.kilobytes);
    expect([firstLoad > 20, terminal > 100, styles > 3]).toEqual([true, true, true]);
  });

  test("every bundle has a size", () => {
    for (const { kilobytes, modules } of Object.values(sizes))
      expect([kilobytes > 15, modules > 10]).toEqual([true, true]);
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
