import type { ProblemCode } from "../../contract/problem.ts";
import { Problem } from "../shared/problem.ts";

/** AWS throttles us or is temporarily unavailable. Each service has its own names for it. */
const unavailable = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "EC2ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "SlowDown",
  "ProvisionedThroughputExceededException",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "Unavailable",
]);

/** Latchkey's role, its session or the organization does not permit the call: it would fail again. */
const refused = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthException",
  "AuthorizationError",
  "OptInRequired",
  "UnauthorizedOperation",
]);

/** Network faults: the SDK's time-out and Node's codes. */
const unreachable = new Set([
  "TimeoutError",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/**
 * An operation's own errors by name: a problem code, and a detail if the code alone says too little. Never AWS's own words.
 */
export type Meanings = Readonly<
  Partial<Record<string, ProblemCode | { readonly code: ProblemCode; readonly detail: string }>>
>;

/**
 * Converts an error of an AWS call to a problem, by its name: documentation and service models disagree on statuses. Faults
 * of AWS, and missing permissions of ours, are never the caller's fault.
 *
 * Without an own error it is `aws-refused`, `upstream-failure`, `upstream-unavailable` or `deadline-exceeded`.
 *
 * @param signal the deadline of the call, if it had one.
 * @param known the operation's own errors.
 */
export function awsProblem(error: unknown, signal?: AbortSignal, known: Meanings = {}): Problem {
  if (error instanceof Problem) return error;
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: "", code: undefined };
  const ownMeaning = Object.hasOwn(known, name) ? known[name] : undefined;
  if (typeof ownMeaning === "string") return new Problem(ownMeaning, { cause: error });
  if (ownMeaning) return new Problem(ownMeaning.code, { detail: ownMeaning.detail, cause: error });
  if (signal?.aborted) return new Problem("deadline-exceeded", { cause: error });
  if (unavailable.has(name) || unreachable.has(name) || unreachable.has(String(code))) {
    return new Problem("upstream-unavailable", { cause: error });
  }
  if (refused.has(name)) return new Problem("aws-refused", { cause: error });
  return new Problem("upstream-failure", { cause: error });
}
