import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleOf } from "../lib/function-bundles.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { buildFunctions, buildScripts } from "./bundles.ts";
import { makeCpuQuota } from "./cpu-quota.ts";
import { connectionEvent } from "./events.ts";
import { measureSettings, type SettingTimes } from "./memory-settings.ts";
import { dollarsAMillion, type LambdaPrices, readLambdaPrices } from "./prices.ts";
import { table, written } from "./report.ts";
import { run } from "./run.ts";
import { settingsPicture } from "./settings-picture.ts";
import { startAws } from "./stand-ins.ts";
import { timelinePicture } from "./timeline.ts";
import { traceRequests, tracesTable, typical } from "./traces.ts";
import { writePicture, writeResults } from "./write-results.ts";

/** `npm run bench:performance`: makes the pictures and figures of docs/performance.md. Takes root, for a share of the CPU. */

/** Milliseconds that AWS takes to respond: assumed, as of a function near the table and the control plane. */
const latency = { table: 5, controlPlane: 40 };

async function main(parts: RunningParts): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const quota = parts.keep(await makeCpuQuota());
  const aws = await startAws(parts);
  await buildFunctions(directory);
  const scripts = await buildScripts(directory);
  const target = {
    bundle: path.join(bundleOf(directory, "connect"), "index.cjs"),
    environment: aws.environmentOf("connect"),
    event: () => connectionEvent("eice"),
  };
  const traced = await traceRequests(scripts.tracedProbe, target, { aws, latency });
  for (const name of ["cold", "warm"] as const) {
    const { lanes, total } = typical(traced[name]);
    await writePicture(`performance-${name}.svg`, timelinePicture(`A ${name} request`, lanes, total));
  }
  const settings = await measureSettings(scripts.probe, target, { aws, latency, quota });
  const prices = await readLambdaPrices();
  const dollars = settings.map((setting) => dollarsOf(setting, prices));
  await writePicture("performance-memory.svg", settingsPicture("A request against Lambda's memory", settings, dollars));
  const texts = [tracesTable(traced), settingsTable(settings, dollars)] as const;
  console.log(texts.join("\n\n"));
  await writeResults("performance.md", {
    "## Where the time goes": [texts[0]],
    "## What Lambda's memory does to it": [texts[1]],
  });
}

/** Of a million requests, of which one in a hundred is cold. */
function dollarsOf({ mebibytes, cold, warm }: SettingTimes, prices: LambdaPrices): number {
  const [ofCold, ofWarm] = [cold, warm].map(({ median }) => dollarsAMillion(prices, median, mebibytes));
  return 0.01 * (ofCold ?? 0) + 0.99 * (ofWarm ?? 0);
}

function settingsTable(settings: readonly SettingTimes[], dollars: readonly number[]): string {
  const rows = settings.map(({ mebibytes, cores, cold, coldWithBoost, warm }, index) => [
    `${mebibytes} MiB, ${cores.toFixed(2)} cores`,
    ...[cold, coldWithBoost, warm].map((each) => written(each, "ms")),
    `$${dollars[index]?.toFixed(2)}`,
  ]);
  return table([["", "cold", "cold, loads with a core", "warm", "a million"], ...rows]);
}

await run((parts) => {
  parseArgs(); // it takes none
  return main(parts);
});
