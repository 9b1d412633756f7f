import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** The stack's name, so that two stacks in one account do not mix their metrics. */
const serviceName = process.env["STACK_NAME"] ?? "latchkey";
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: "Latchkey", serviceName });

/** What CloudWatch makes metrics of, by name. */
export interface Measurements {
  /** Dimensions beside `service`. */
  readonly route?: string;
  readonly target?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly milliseconds?: Readonly<Record<string, number>>;
}

/** Writes one line to the log, which is also a CloudWatch embedded metric, so that no second line is needed for that. */
export function logLine(
  level: "info" | "warn" | "error",
  message: string,
  fields: object,
  { route, target, counts, milliseconds = {} }: Measurements,
): void {
  if (route !== undefined) metrics.addDimension("route", route);
  if (target !== undefined) metrics.addDimension("target", target);
  for (const [name, value] of Object.entries(milliseconds)) metrics.addMetric(name, MetricUnit.Milliseconds, value);
  for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
  // The logger adds `service`, which is a dimension of the metrics.
  const { service: _, ...embedded } = metrics.serializeMetrics();
  metrics.clearMetrics();
  metrics.clearDimensions();
  logger[level](message, { ...embedded, ...fields });
}
