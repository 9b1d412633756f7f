import { roundTripsOf } from "../test/support/round-trips.ts";
import type { MadeCall } from "./connection-calls.ts";
import type { Span } from "./trace.ts";

/** One request of a traced process. Times are milliseconds on the clock that processes share. */
export interface Trace {
  /** Of a cold one: when the process started, when Node ran the probe, and when the bundle had loaded. */
  readonly start?: { readonly startedAt: number; readonly runningAt: number; readonly loadedAt: number };
  /** When the function could begin with the request. */
  readonly askedAt: number;
  readonly respondedAt: number;
  readonly spans: readonly Span[];
  readonly calls: readonly MadeCall[];
}

export interface Bar {
  /** What to call it: the first of these that fits. */
  readonly labels: readonly string[];
  /** Milliseconds from the start of the picture. */
  readonly from: number;
  readonly to: number;
}

export interface Lane {
  readonly title: string;
  readonly fill: "node" | "load" | "cedar" | "tls" | "table" | "control" | "own";
  readonly bars: readonly Bar[];
}

/** What the functions of Cedar do, by their names. */
const cedarWork: Readonly<Record<string, string>> = {
  preparseSchema: "schema",
  preparsePolicySet: "policies",
  statefulIsAuthorized: "decision",
};

/** What a request's time went to, each kind in a lane. Bars of different lanes may overlap. */
export function lanesOf({ start, askedAt, respondedAt, spans, calls }: Trace): readonly Lane[] {
  const begin = start?.startedAt ?? askedAt;
  const inside = <T extends Interval>(all: readonly T[]) =>
    all.filter(({ startedAt, endedAt }) => startedAt >= begin && endedAt <= respondedAt);
  const bar = (labels: readonly string[], { startedAt, endedAt }: Interval): Bar => ({
    ...{ labels, from: startedAt - begin, to: endedAt - begin },
  });
  const ofCedar = inside(spans).filter(({ kind }) => kind === "compile" || kind === "call");
  const handshakes = inside(spans).filter(({ kind }) => kind === "handshake");
  const made = inside(calls).toSorted((a, b) => a.startedAt - b.startedAt);
  const [table, control] = [true, false].map((isTable) =>
    made.filter(({ service }) => (service === "dynamodb") === isTable),
  );
  const merged = (all: readonly Interval[], labelsOf: (trip: Interval) => readonly string[]) =>
    roundTripsOf(all).map((trip) => bar(labelsOf(trip), trip));
  const during = (all: readonly MadeCall[], trip: Interval) =>
    all.filter(({ startedAt }) => startedAt >= trip.startedAt && startedAt < trip.endedAt);
  const waits = roundTripsOf([...made, ...handshakes]);
  const lanes: readonly Lane[] = [
    {
      title: "Node starts",
      fill: "node",
      bars: start ? [bar([], { startedAt: start.startedAt, endedAt: start.runningAt })] : [],
    },
    {
      title: "the bundle loads",
      fill: "load",
      bars: start ? [bar([], { startedAt: start.runningAt, endedAt: start.loadedAt })] : [],
    },
    {
      title: "Cedar",
      fill: "cedar",
      bars: ofCedar.map((span) =>
        bar([span.kind === "compile" ? "module" : (cedarWork[span.name] ?? span.name)], span),
      ),
    },
    { title: "TLS handshakes", fill: "tls", bars: merged(handshakes, () => []) },
    {
      title: "DynamoDB",
      fill: "table",
      bars: merged(table ?? [], (trip) => [counted(during(table ?? [], trip))]),
    },
    {
      title: "EC2, STS, EC2 Instance Connect",
      fill: "control",
      bars: merged(control ?? [], (trip) => {
        const found = during(control ?? [], trip);
        return [namesOf(found), counted(found)];
      }),
    },
    {
      title: "the function's own work",
      fill: "own",
      bars: between(waits, askedAt, respondedAt).map((own) => bar([], own)),
    },
  ];
  return lanes.filter(({ bars }) => bars.length > 0);
}

interface Interval {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What is left of a time when others are taken out of it. @param others in order, apart from each other. */
function between(others: readonly Interval[], startedAt: number, endedAt: number): Interval[] {
  const edges = [startedAt, ...others.flatMap((other) => [other.startedAt, other.endedAt]), endedAt];
  return edges.flatMap((edge, index) => {
    const next = edges[index + 1];
    return index % 2 === 0 && next !== undefined && next > edge ? [{ startedAt: edge, endedAt: next }] : [];
  });
}

const counted = ({ length }: readonly MadeCall[]) => (length === 1 ? "1 call" : `${length} calls`);

/** Without the prefix of JSON protocols; equal ones once. */
function namesOf(calls: readonly MadeCall[]): string {
  return [...new Set(calls.map(({ operation }) => operation.replace(/^.*\./, "")))].join(", ");
}

/** Milliseconds in which a lane has a bar. */
export const totalOf = ({ bars }: Pick<Lane, "bars">) =>
  roundTripsOf(bars.map(({ from, to }) => ({ startedAt: from, endedAt: to }))).reduce(
    (sum, { startedAt, endedAt }) => sum + endedAt - startedAt,
    0,
  );
