import { type Lane, lanesOf, type Trace, totalOf } from "./lanes.ts";
import { startProbe } from "./probe-process.ts";
import { table, written } from "./report.ts";
import type { Target } from "./samples.ts";
import type { BenchAws, Latency } from "./stand-ins.ts";
import { minRuns, type Summary, summarize } from "./statistics.ts";

/** Requests between the cold one and the warm one. */
const between = 300;

/** The requests of one kind that were traced, each by its lanes. */
export type Traced = Readonly<Record<"cold" | "warm", readonly TracedRequest[]>>;

export interface TracedRequest {
  readonly lanes: readonly Lane[];
  /** Milliseconds. */
  readonly total: number;
}

/** Traces a cold and a warm request of fresh processes. @param script the traced probe. */
export async function traceRequests(
  script: string,
  { bundle, environment, event }: Target,
  { aws, latency }: { readonly aws: BenchAws; readonly latency: Latency },
): Promise<Traced> {
  const traced: Record<"cold" | "warm", TracedRequest[]> = { cold: [], warm: [] };
  // The first has the replies recorded, and is not counted.
  for (let run = 0; run <= minRuns; run++) {
    await aws.delay(latency);
    await aws.forget();
    const probe = startProbe(script, bundle, environment);
    const first = await probe.ask(event());
    await aws.delay({ table: 0, controlPlane: 0 });
    for (let count = 0; count < between; count++) await probe.ask(event());
    await aws.delay(latency);
    const later = await probe.ask(event());
    const loaded = await probe.loaded;
    const [{ spans = [] }, calls] = [await probe.stop(), await aws.calls()];
    if (run === 0) continue;
    const start = { ...loaded, startedAt: probe.startedAt };
    traced.cold.push(requestOf({ start, askedAt: loaded.loadedAt, respondedAt: first.respondedAt, spans, calls }));
    traced.warm.push(requestOf({ askedAt: later.askedAt, respondedAt: later.respondedAt, spans, calls }));
  }
  await aws.delay({ table: 0, controlPlane: 0 });
  return traced;
}

const requestOf = (trace: Trace): TracedRequest => ({
  lanes: lanesOf(trace),
  total: trace.respondedAt - (trace.start?.startedAt ?? trace.askedAt),
});

/** The one that took the median of all. */
export function typical(requests: readonly TracedRequest[]): TracedRequest {
  const found = requests.toSorted((a, b) => a.total - b.total)[Math.floor(requests.length / 2)];
  if (!found) throw new Error("A measurement is missing");
  return found;
}

/** What each lane takes, cold and warm. */
export function tracesTable({ cold, warm }: Traced): string {
  const names = typical(cold).lanes.flatMap((lane) => [
    [lane.title],
    ...partsOf(lane).map((part) => [lane.title, part]),
  ]);
  const cell = (requests: readonly TracedRequest[], [title, part]: readonly string[]) => {
    const totals = requests.map(({ lanes }) =>
      lanes
        .filter((lane) => lane.title === title)
        .map((lane) => totalOf({ bars: lane.bars.filter(({ labels }) => !part || labels[0] === part) }))
        .reduce((sum, each) => sum + each, 0),
    );
    return totals.every((total) => total === 0) ? "–" : written(summarize(totals), "ms");
  };
  const total = (requests: readonly TracedRequest[]): Summary => summarize(requests.map((request) => request.total));
  return table([
    ["", "cold", "warm"],
    ...names.map((name) => [name.join(": "), cell(cold, name), cell(warm, name)]),
    ["in all, some of it at the same time", written(total(cold), "ms"), written(total(warm), "ms")],
  ]);
}

/** The kinds of work in Cedar, which calls have no part in. */
const partsOf = ({ fill, bars }: Lane) => (fill === "cedar" ? [...new Set(bars.flatMap(({ labels }) => labels))] : []);
