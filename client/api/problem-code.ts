import type { ProblemCode } from "../../contract/problem.ts";
import { ApiProblem } from "../../sdk/errors.ts";

/** Whether the API responded with one of these problems. */
export function isProblem(error: unknown, ...codes: readonly ProblemCode[]): error is ApiProblem {
  return error instanceof ApiProblem && codes.some((code) => code === error.problem.code);
}
