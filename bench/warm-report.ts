import { table, written } from "./report.ts";
import { quantile, type Summary, summarize } from "./statistics.ts";
import type { LongRun, ParallelRun } from "./warm.ts";

/** Milliseconds of CPU a request, over the batches of all runs. */
export const warmCpu = (runs: readonly LongRun[]): Summary => summarize(runs.flatMap(({ cpu }) => cpu));

/** Whole megabytes in the end, of the run with the most. */
export const warmMemory = (runs: readonly LongRun[]): number =>
  Math.round(Math.max(...runs.map(({ memory }) => memory)));

/** What warm processes take, one request at a time and several in flight. */
export function warmTable(long: readonly LongRun[], parallel: readonly ParallelRun[]): string {
  const latencies = long.flatMap(({ latency }) => latency).sort((a, b) => a - b);
  const shares = [0.5, 0.9, 0.99];
  const peak = Math.round(Math.max(...long.map(({ peakMemory }) => peakMemory)));
  const of = (name: keyof ParallelRun) => summarize(parallel.map((run) => run[name]));
  const perMillisecond = ({ median, low, high }: Summary) => ({ median: 1 / median, low: 1 / high, high: 1 / low });
  const inSeconds = (each: Summary) => ({ median: each.median * 1000, low: each.low * 1000, high: each.high * 1000 });
  const joined = (values: readonly string[]) => `${values.join(", ")} ms`;
  return table([
    ["warm", "one at a time", "8 in flight"],
    ["own CPU per request", written(warmCpu(long), "ms"), written(inSeconds(perMillisecond(of("perCore"))), "ms")],
    [
      "requests a second of own CPU",
      written(inSeconds(perMillisecond(warmCpu(long))), "/s"),
      written(of("perCore"), "/s"),
    ],
    ["requests a second by the clock", "", written(of("perSecond"), "/s")],
    [
      "50, 90 and 99 % respond within",
      joined(shares.map((share) => quantile(latencies, share).toPrecision(3))),
      joined((["p50", "p90", "p99"] as const).map((name) => of(name).median.toPrecision(3))),
    ],
    ["memory after 5,000 requests, and at most", `${warmMemory(long)} MB, ${peak} MB`],
  ]);
}
