import type { ApiProblem } from "../../sdk/errors.ts";
import { Failure } from "../terminal/failure.ts";
import { endOf, problemLine } from "./problem-words.ts";

/** A problem as the failure that it always is, with a hint that only the command can give. */
export function hintedFailure(cause: ApiProblem, hint?: string): Failure {
  const { problem } = cause;
  return new Failure(problemLine(problem), { exitCode: endOf(problem).exitCode, hint, cause });
}
