import type { ProblemCode } from "../../contract/problem.ts";
import { ApiProblem } from "../../sdk/errors.ts";

/** Whether the API responded with this problem. */
export function isProblem(error: unknown, code: ProblemCode): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === code;
}
