import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleClient } from "../client/build.ts";
import type { BundleName } from "../contract/routes.ts";
import { bundleOf } from "../lib/function-bundles.ts";
import { settings, withIssuer } from "../local/shared/account.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { SigningKey, TokenIssuer } from "../test/support/token-issuer.ts";
import { readBudget } from "./budget.ts";
import { buildFunctions, buildScripts } from "./bundles.ts";
import { clientStartTable, measureClientStart, startRatio } from "./client-start.ts";
import { countConnections } from "./connections.ts";
import { connectionEvent, tokenEvent } from "./events.ts";
import { goalsTable } from "./goals.ts";
import { decisionsOf, measurePolicies, policiesTable } from "./policies.ts";
import { countsTable, ratioOf, timesTable } from "./report.ts";
import { run } from "./run.ts";
import { type Sample, sampleByTurns } from "./samples.ts";
import { startAws } from "./stand-ins.ts";
import { minRuns, summarize } from "./statistics.ts";
import { measureTunnel, tunnelTable } from "./tunnel.ts";
import { measureLongRuns, measureParallelRuns } from "./warm.ts";
import { warmCpu, warmMemory, warmTable } from "./warm-report.ts";
import { writeResults } from "./write-results.ts";

/** `npm run bench`, see docs/bench.md. It has no thresholds: a test bounds sizes and counts. */

const defaultRuns = 20;

interface Options {
  readonly runs: number;
  /** Whether to write the results into docs/bench.md. */
  readonly write: boolean;
}

const usage = `usage: npm run bench -- [--runs N, at least ${minRuns}] [--write]; see docs/bench.md`;

function readArguments() {
  const runs = { type: "string", default: String(defaultRuns) } as const;
  try {
    return parseArgs({ options: { runs, write: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

function readOptions(): Options {
  const { runs, write } = readArguments();
  if (!(Number(runs) >= minRuns)) {
    throw new Error(`--runs ${runs}: at least ${minRuns} fresh processes of each, or the figures mean nothing`);
  }
  return { runs: Math.floor(Number(runs)), write };
}

async function main({ runs, write }: Options, parts: RunningParts): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const aws = await startAws(parts);
  const key = new SigningKey("bench");
  const issuer = parts.keep(new TokenIssuer(key));
  await issuer.start(aws.certificate);
  const sizes = await buildFunctions(directory, withIssuer(settings, { issuer: issuer.url, jwksUri: issuer.url }));
  const scripts = await buildScripts(directory);
  const bundle = (name: BundleName) => path.join(bundleOf(directory, name), "index.cjs");
  const calls = await countConnections(scripts.probe, bundle("connect"), aws);

  const connect = { bundle: bundle("connect"), environment: aws.environmentOf("connect") };
  const authorize = { bundle: bundle("authorize"), environment: aws.environmentOf("authorize") };
  // The type with the most work.
  const byIam = () => connectionEvent("eice");
  const targets = {
    empty: { ...authorize, bundle: scripts.empty, event: byIam },
    connect: { ...connect, event: byIam },
    "connect by OIDC": { ...connect, event: () => connectionEvent("eice", { door: "oidc" }) },
    authorize: { ...authorize, event: () => tokenEvent(issuer, key) },
  };
  const samples = await sampleByTurns(scripts.probe, targets, runs);

  const machine = `${os.availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(`${machine}, ${runs} fresh processes of each by turns: median (quartiles)`);
  const show = (text: string) => {
    console.log(`\n${text}`);
    return text;
  };
  const times = show(timesTable(samples, "connect", "empty"));
  const door = [timesTable(samples, "connect by OIDC", "connect"), timesTable(samples, "authorize", "empty")].map(show);
  const long = await measureLongRuns(scripts.probe, targets.connect);
  const parallel = await measureParallelRuns(scripts.parallelProbe, targets.connect);
  const warm = show(warmTable(long, parallel));
  show(countsTable(sizes, calls, await readBudget()));
  const policies = await measurePolicies(path.dirname(bundle("connect")), runs);
  const decisions = show(policiesTable(policies));

  const client = path.join(directory, "latchkey.cjs");
  await bundleClient(client);
  const starts = await measureClientStart(client, runs, parts);
  const start = show(clientStartTable(starts));
  const tunnels = show(tunnelTable(await measureTunnel(client)));

  const timesEmpty = (name: keyof Sample) =>
    ratioOf(
      samples.connect.map((sample) => sample[name]),
      samples.empty.map((sample) => sample[name]),
    );
  const goals = show(
    goalsTable({
      firstResponse: timesEmpty("firstResponse"),
      firstResponseCpu: timesEmpty("firstResponseCpu"),
      warmCpu: warmCpu(long),
      perCore: summarize(parallel.map(({ perCore }) => perCore)),
      p99: summarize(parallel.map(({ p99 }) => p99)),
      memory: warmMemory(long),
      decision10: decisionsOf(policies, 10),
      decision100: decisionsOf(policies, 100),
      decision1000: decisionsOf(policies, 1000),
      bundle: Math.ceil(sizes.connect.kilobytes),
      ssh: startRatio(starts, "ssh"),
      tunnel: startRatio(starts, "tunnel"),
    }),
  );
  if (!write) return;
  await writeResults("bench.md", {
    "## Results": [goals, times],
    "### Warm": [warm],
    "### The OIDC door": door,
    "### Policies": [decisions],
    "### The client's start": [start],
    "### Tunnels": [tunnels],
  });
}

await run((parts) => main(readOptions(), parts));
