import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleClient } from "../client/build.ts";
import { bundleOf } from "../lib/function-bundles.ts";
import { RunningParts } from "../local/shared/running-parts.ts";
import { readBudget } from "./budget.ts";
import { buildFunctions, buildScripts } from "./bundles.ts";
import { clientStartTable, measureClientStart } from "./client-start.ts";
import { countConnections } from "./connections.ts";
import { countsTable, timesTable } from "./report.ts";
import { type Sample, takeSample } from "./samples.ts";
import { startAws } from "./stand-ins.ts";
import { minRuns } from "./statistics.ts";
import { measureTunnel, tunnelTable } from "./tunnel.ts";

/** `npm run bench`, see docs/bench.md. It has no thresholds: a test bounds sizes and counts. */

const defaultRuns = 20;

function readRuns(): number {
  const { values } = parseArgs({ options: { runs: { type: "string", default: String(defaultRuns) } } });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < minRuns) {
    throw new Error(`--runs ${values.runs}: at least ${minRuns} fresh processes of each, or the figures mean nothing`);
  }
  return runs;
}

async function main(runs: number, parts: RunningParts): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const sizes = await buildFunctions(directory);
  const { probe, empty } = await buildScripts(directory);
  const connect = path.join(bundleOf(directory, "connect"), "index.cjs");
  const aws = await startAws(parts);
  const calls = await countConnections(probe, connect, aws);

  const samples: Record<"connect" | "empty", Sample[]> = { connect: [], empty: [] };
  const take = async (bundle: string) => {
    // It would grow with each run.
    aws.world.log.clear();
    return takeSample(probe, bundle, aws.environment);
  };
  // The first of each warms the file cache and is not counted.
  await take(empty);
  await take(connect);
  for (let run = 0; run < runs; run++) {
    if (process.stderr.isTTY) process.stderr.write(`\r${run + 1} of ${runs}`);
    samples.empty.push(await take(empty));
    samples.connect.push(await take(connect));
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");

  const machine = `${os.availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(`${machine}, ${runs} fresh processes of each by turns: median (quartiles)\n`);
  console.log(timesTable(samples.connect, samples.empty));
  console.log(`\n${countsTable(sizes, calls, await readBudget())}`);

  const client = path.join(directory, "latchkey.cjs");
  await bundleClient(client);
  console.log(`\n${clientStartTable(await measureClientStart(client, runs, parts))}`);
  console.log(`\n${tunnelTable(await measureTunnel(client))}`);
}

const parts = new RunningParts();
try {
  await main(readRuns(), parts);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await parts.stop();
}
