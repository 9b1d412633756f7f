import type { ProblemCode } from "../../contract/problem.ts";
import { ApiProblem } from "./api-problem.ts";

/** Whether the API has answered with this problem. */
export function isProblem(error: unknown, code: ProblemCode): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === code;
}
