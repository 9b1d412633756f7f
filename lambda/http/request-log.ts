import { type FieldError, problems } from "../../contract/problem.ts";
import { describeFault } from "../shared/describe-fault.ts";
import { logLine } from "../shared/log-line.ts";
import type { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";

/** An error without the names that the caller has made up, which have no place in a log. */
const loggedError = ({ pointer, code, ...rest }: FieldError): FieldError => ({
  pointer: /^(?:unknown-field|duplicate-parameter)$/.test(code) ? pointer.replace(/\/[^/]*$/, "") : pointer,
  code,
  ...rest,
});

/**
 * Writes a request's one log line. Its `message` is a stable event code: `request.completed`, `request.refused` (the caller's to
 * fix, at warn) or `request.failed` (ours or AWS's, at error, with the cause). Its metrics, by route, are the duration and the
 * failures.
 */
export function logRequest(fields: LogFields, durationMs: number, problem?: Problem): void {
  const isOurs = problem !== undefined && problems[problem.code].status >= 500;
  const measurements = {
    route: fields.route ?? "none",
    milliseconds: { Duration: durationMs },
    counts: { Faults: isOurs ? 1 : 0 },
  };
  if (!problem) return void logLine("info", "request.completed", fields, measurements);
  const { code, errors, cause } = problem;
  if (!isOurs)
    return void logLine("warn", "request.refused", { ...fields, code, errors: errors?.map(loggedError) }, measurements);
  const described = cause === undefined ? {} : { cause: describeFault(cause) };
  logLine("error", "request.failed", { ...fields, code, ...described }, measurements);
}
