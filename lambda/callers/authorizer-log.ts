/** Words of ours and of the settings, never a part of a token. */
export interface AuthorizerLine {
  readonly level: "warn" | "error";
  /** What happened: the last is a fault of Latchkey's own. */
  readonly message: "token.refused" | "caller.refused" | "issuer.unavailable" | "authorizer.failed";
  readonly [detail: string]: string | readonly string[];
}

/** The metric of faults of the authorizer's own: Lambda's count of errors has every invalid token in it. */
export const faultMetric = "AuthorizerFaults";

/**
 * Writes lines of what went wrong, with a metric of the authorizer's own faults alone.
 *
 * @param service the stack's name.
 */
export function authorizerLog(service: string, clock: () => number): (line: AuthorizerLine) => void {
  const counted = (Timestamp: number) => ({
    _aws: {
      Timestamp,
      CloudWatchMetrics: [
        { Namespace: "Latchkey", Dimensions: [["service"]], Metrics: [{ Name: faultMetric, Unit: "Count" }] },
      ],
    },
    [faultMetric]: 1,
  });
  return (line) => {
    const metric = line.message === "authorizer.failed" ? counted(clock()) : {};
    console.log(JSON.stringify({ ...line, service, ...metric }));
  };
}
