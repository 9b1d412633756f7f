import { startProbe, type TimedResponse } from "./probe-process.ts";
import type { Target } from "./samples.ts";
import { minRuns, quantile } from "./statistics.ts";

/** Requests of a fresh process that are not counted: meanwhile V8 compiles what is used often. */
const warmUps = 500;
/** Long runs, the requests of each, and those whose mean CPU is one value. */
const [longRuns, longRun, batch] = [3, 5000, 100];
/** Requests of a parallel run that count, and those in flight. */
const [parallelRun, inFlight] = [1000, 8];

/** What one process takes that serves many requests, one at a time. */
export interface LongRun {
  /** Milliseconds of CPU a request, for each batch after the first requests. */
  readonly cpu: readonly number[];
  /** Milliseconds of each of these requests, from the event to the response. */
  readonly latency: readonly number[];
  /** Megabytes in the end, and at most. */
  readonly memory: number;
  readonly peakMemory: number;
}

/** @param script the probe that blocks between events. */
export const measureLongRuns = (script: string, target: Target) =>
  inTurn(longRuns, () => measureLongRun(script, target));

/** @param script the parallel probe. */
export const measureParallelRuns = (script: string, target: Target) =>
  inTurn(minRuns, () => measureParallelRun(script, target));

async function inTurn<T>(times: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let count = 0; count < times; count++) results.push(await act());
  return results;
}

/** Serves requests one at a time in a fresh process. */
async function measureLongRun(script: string, { bundle, environment, event }: Target): Promise<LongRun> {
  const probe = startProbe(script, bundle, environment);
  let last = await probe.ask(event());
  for (let count = 1; count < warmUps; count++) last = await probe.ask(event());
  const [cpu, latency]: number[][] = [[], []];
  for (let count = warmUps; count < longRun; count += batch) {
    const before = last.cpu;
    for (let one = 0; one < batch; one++) {
      last = await probe.ask(event());
      latency?.push(last.respondedAt - last.askedAt);
    }
    cpu?.push((last.cpu - before) / batch);
  }
  const { memory, peakMemory } = await probe.stop();
  return { cpu: cpu ?? [], latency: latency ?? [], memory: memory / 1e6, peakMemory: peakMemory / 1e6 };
}

/** What one process takes that serves several requests at a time. */
export interface ParallelRun {
  /** Requests in a second of the process's own CPU, and by the clock. */
  readonly perCore: number;
  readonly perSecond: number;
  /** Milliseconds from the event to the response. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Has requests in flight in a fresh process: each response sends the next. */
async function measureParallelRun(script: string, { bundle, environment, event }: Target): Promise<ParallelRun> {
  const probe = startProbe(script, bundle, environment);
  const responses: TimedResponse[] = [];
  let asked = 0;
  const askInTurn = async () => {
    while (asked++ < warmUps + parallelRun) responses.push(await probe.ask(event()));
  };
  await Promise.all(Array.from({ length: inFlight }, askInTurn));
  await probe.stop();
  return parallelFigures(responses.slice(warmUps - 1));
}

/** @param responses in the order of the responses. The first is where the measurement starts, and does not count. */
export function parallelFigures(responses: readonly TimedResponse[]): ParallelRun {
  const [first, last] = [responses[0], responses.at(-1)];
  if (!first || !last) throw new Error("A measurement is missing");
  const count = responses.length - 1;
  const latencies = responses.slice(1).map(({ askedAt, respondedAt }) => respondedAt - askedAt);
  latencies.sort((a, b) => a - b);
  return {
    perCore: (1000 * count) / (last.cpu - first.cpu),
    perSecond: (1000 * count) / (last.respondedAt - first.respondedAt),
    ...{ p50: quantile(latencies, 0.5), p90: quantile(latencies, 0.9), p99: quantile(latencies, 0.99) },
  };
}
