import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleClient } from "../client/build.ts";
import type { BundleName } from "../contract/routes.ts";
import { bundleOf } from "../lib/function-bundles.ts";
import { settings, withIssuer } from "../local/shared/account.ts";
import { RunningParts } from "../local/shared/running-parts.ts";
import { SigningKey, TokenIssuer } from "../test/support/token-issuer.ts";
import { readBudget } from "./budget.ts";
import { buildFunctions, buildScripts } from "./bundles.ts";
import { clientStartTable, measureClientStart } from "./client-start.ts";
import { countConnections } from "./connections.ts";
import { connectionEvent, tokenEvent } from "./events.ts";
import { measurePolicies, policiesTable } from "./policies.ts";
import { countsTable, timesTable } from "./report.ts";
import { sampleByTurns } from "./samples.ts";
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
  // The log of calls would grow with each run.
  const samples = await sampleByTurns(scripts.probe, targets, { runs, forget: () => aws.forget() });

  const machine = `${os.availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(`${machine}, ${runs} fresh processes of each by turns: median (quartiles)\n`);
  console.log(timesTable(samples, "connect", "empty"));
  console.log(`\n${timesTable(samples, "connect by OIDC", "connect")}`);
  console.log(`\n${timesTable(samples, "authorize", "empty")}`);
  console.log(`\n${countsTable(sizes, calls, await readBudget())}`);
  console.log(`\n${policiesTable(await measurePolicies(path.dirname(bundle("connect")), runs))}`);

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
