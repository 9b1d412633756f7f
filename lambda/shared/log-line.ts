/** The stack's name, so that two stacks in one account do not mix their metrics. */
const service = process.env["STACK_NAME"] ?? "latchkey";

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
  const now = new Date();
  const dimensions = { ...(route !== undefined && { route }), ...(target !== undefined && { target }) };
  const line = {
    level: level.toUpperCase(),
    message,
    timestamp: now.toISOString(),
    service,
    xray_trace_id: traceId(),
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: "Latchkey",
          Dimensions: [["service", ...Object.keys(dimensions)]],
          Metrics: [...metricsOf(milliseconds, "Milliseconds"), ...metricsOf(counts, "Count")],
        },
      ],
    },
    ...dimensions,
    ...milliseconds,
    ...counts,
    ...fields,
  };
  // Not by `console`, before whose lines Lambda writes others.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const metricsOf = (values: object, Unit: string) => Object.keys(values).map((Name) => ({ Name, Unit }));

/** The invocation's in X-Ray, as Lambda tells it. */
const traceId = () => /Root=([^;]+)/.exec(process.env["_X_AMZN_TRACE_ID"] ?? "")?.[1];
