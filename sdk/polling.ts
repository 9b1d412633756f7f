import { ApiProblem, LoginError, NetworkError, UnexpectedResponse } from "./errors.ts";

/** Milliseconds after the first failure; each more doubles it. */
const firstWait = 1000;
const longestWait = 15_000;
/** Milliseconds: the API never asks for more. */
const longestAsked = 15 * 60_000;

/** The network, AWS, the OpenID provider or a limit failed the call: the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return error.code !== "TOO_LONG";
  if (error instanceof UnexpectedResponse) return error.status >= 500;
  if (error instanceof LoginError)
    return ["locked", "provider-unreachable", "provider-unavailable"].includes(error.code);
  return error instanceof ApiProblem && (error.problem.retryable || error.problem.status >= 500);
}

/**
 * How long to wait after a failure that is transient: as long as the response asks for, at least.
 *
 * @param failures in a row, this one included.
 * @returns milliseconds.
 */
export function waitAfterFailure(error: unknown, failures: number): number {
  const asked = error instanceof ApiProblem ? (error.retryAfter ?? 0) * 1000 : 0;
  return Math.max(Math.min(longestWait, firstWait * 2 ** (failures - 1)), Math.min(longestAsked, asked));
}
