import type { ProblemDocument } from "../../contract/problem.ts";
import type { ExitCode } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { problemLine } from "./problem-words.ts";

/** A problem document of the API, as a failure: its code tells what to do. */
export class ApiProblem extends Failure {
  readonly problem: ProblemDocument;

  constructor(
    problem: ProblemDocument,
    { hint, exitCode }: { readonly hint?: string | undefined; readonly exitCode: ExitCode },
  ) {
    super(problemLine(problem), { hint, exitCode });
    this.problem = problem;
  }
}
