import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { describeFault } from "../http/describe-fault.ts";
import { Problem } from "../http/problem.ts";

const logger = new Logger({ serviceName: "latchkey" });
const metrics = new Metrics({ namespace: "Latchkey", serviceName: "latchkey" });

/** What did not go well with one item, as it may stand in the log. */
export interface Fault {
  readonly step: "read" | "file" | "publish" | "mark" | "find" | "expiry" | "outcome";
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

/** By name, each a metric of CloudWatch's in the namespace `Latchkey`, by `service` alone. Alarms stand on these names. */
export interface WorkerCounts {
  /** Events that the bus has taken, those among them that it had already. */
  readonly EventsPublished: number;
  /** Items that something went wrong with. */
  readonly EventsFailed: number;
  /** Events that should be on the bus since a minute or more, and are not: what the sweep leaves. */
  readonly EventsWaiting?: number;
}

/**
 * Writes the one line that an invocation of a worker leaves in the log: `<worker>.completed` at info, or `<worker>.failed` at
 * error where anything went wrong. The line is a CloudWatch embedded metric as well.
 */
export function logWorker(
  worker: "projection" | "sweep",
  facts: Readonly<Record<string, string | number>>,
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
