import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { type ProblemCode, problems } from "../../contract/problem.ts";
import { describeFault } from "../shared/describe-fault.ts";
import type { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";

const logger = new Logger({ serviceName: "latchkey" });
const metrics = new Metrics({ namespace: "Latchkey", serviceName: "latchkey" });

/**
 * Writes the one line that a request leaves in the log. Its `message` is a stable event code: `request.completed`,
 * `request.refused` (the caller's to mend, at warn) or `request.failed` (ours or AWS's, at error, with the cause).
 * The line is a CloudWatch embedded metric as well, so that no second line is needed for it.
 */
export function logRequest(facts: LogFields, durationMs: number, problem?: Problem): void {
  const line = { ...measure(facts.route ?? "none", durationMs, problem?.code), ...facts };
  if (!problem) {
    logger.info("request.completed", line);
  } else if (problems[problem.code].status < 500) {
    logger.warn("request.refused", { ...line, code: problem.code, errors: problem.errors });
  } else {
    const { code, cause } = problem;
    logger.error("request.failed", { ...line, code, ...(cause !== undefined && { cause: describeFault(cause) }) });
  }
}

/** CloudWatch's embedded metric format: durations, and faults that are not the caller's, by route. */
function measure(route: string, durationMs: number, code: ProblemCode | undefined) {
  metrics.addDimension("route", route);
  metrics.addMetric("Duration", MetricUnit.Milliseconds, durationMs);
  metrics.addMetric("Faults", MetricUnit.Count, code && problems[code].status >= 500 ? 1 : 0);
  // The logger gives the line its `service`, which is a dimension of the metrics.
  const { service: _, ...embedded } = metrics.serializeMetrics();
  metrics.clearMetrics();
  metrics.clearDimensions();
  return embedded;
}
