import type { ProblemCode } from "../../contract/problem.ts";
import { Problem } from "../shared/problem.ts";

/** AWS asks us to slow down, or says that it cannot serve just now. Each of its services has names of its own for it. */
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

/** Network faults: the name of the SDK's own time-out, and Node's codes. */
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
 * An operation's own errors that mean something else, by name: a code, and for the caller what that alone does not say. It is
 * never in AWS's words.
 */
export type Meanings = Readonly<
  Partial<Record<string, ProblemCode | { readonly code: ProblemCode; readonly detail: string }>>
>;

/**
 * Makes a problem of what a call to AWS threw: by the error's name, never by its status, which documents and service models
 * disagree on. Faults of AWS, and of our own rights in it, are never the caller's.
 *
 * @param signal the deadline that the call was given, where it was given one.
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
  return new Problem("upstream-failure", { cause: error });
}
