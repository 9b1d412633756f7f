import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { describeFault } from "../shared/describe-fault.ts";
import { Problem } from "../shared/problem.ts";

const logger = new Logger({ serviceName: "latchkey" });
const metrics = new Metrics({ namespace: "Latchkey", serviceName: "latchkey" });

/** What did not go well with one item, as it may stand in the log. */
export interface Fault {
  readonly step: "read" | "file" | "publish" | "mark" | "find" | "expiry" | "outcome" | "capture";
  /** The event's id, or that of whatever the step was about. */
  readonly item: string;
  readonly code?: string;
  readonly cause: ReturnType<typeof describeFault>;
}

export function faultOf(step: Fault["step"], item: string, error: unknown): Fault {
  if (!(error instanceof Problem)) return { step, item, cause: describeFault(error) };
  return { step, item, code: error.code, cause: describeFault(error.cause ?? error) };
}

/** Faults that one line tells in full: when a service is down they are all alike. */
const mostFaults = 5;

// Each count is by its name a metric of CloudWatch's in the namespace `Latchkey`, by `service` alone. Alarms stand on these names.

/** Those of the trail's workers. */
export interface TrailCounts {
  /** Events that the bus has taken, those among them that it had already. */
  readonly EventsPublished: number;
  /** Items that something went wrong with. */
  readonly EventsFailed: number;
  /** Events that should be on the bus since a minute or more, and are not: what the sweep leaves. */
  readonly EventsWaiting?: number;
}

/** Those of the captures of host keys. */
export interface CaptureCounts {
  /** Instances whose host keys were taken. */
  readonly HostKeysCaptured: number;
  /** Consoles that showed other keys than were captured before. */
  readonly HostKeysChanged: number;
  /** Consoles that showed something else than host keys where these should be. */
  readonly HostKeysRefused: number;
}

type WorkerCounts = TrailCounts | CaptureCounts;

/** The name of any of them. */
export type WorkerCount = keyof TrailCounts | keyof CaptureCounts;

/**
 * Writes the one line that an invocation of a worker leaves in the log: `<worker>.completed` at info, or `<worker>.failed` at
 * error where anything went wrong. The line is a CloudWatch embedded metric as well.
 */
export function logWorker(
  worker: "projection" | "sweep" | "capture",
  facts: Readonly<Record<string, unknown>>,
  counts: WorkerCounts,
  faults: readonly Fault[],
): void {
  const line = { ...measure(counts), ...facts };
  if (faults.length === 0) logger.info(`${worker}.completed`, line);
  else logger.error(`${worker}.failed`, { ...line, faults: faults.slice(0, mostFaults) });
}

function measure(counts: WorkerCounts) {
  for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count);
  // The logger gives the line its `service`, which is the metrics' dimension.
  const { service: _, ...embedded } = metrics.serializeMetrics();
  metrics.clearMetrics();
  return embedded;
}
