import type { FieldError, ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";

interface ProblemOptions {
  /** Told to the caller instead of the code's usual words. Never an echo of the input, never the cause. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** With `approval-required`: what is missing. */
  readonly requirements?: Requirements | undefined;
  /** What went wrong underneath: for the log alone. */
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere below the chain to answer with a problem document. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly requirements: Requirements | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, { detail, errors, requirements, cause, headers = {} }: ProblemOptions = {}) {
    super(code, { cause });
    this.name = "Problem";
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.requirements = requirements;
    this.headers = headers;
  }
}

/** 400 for one wrong field. `detail` says in words what is wrong with it. */
export function invalidField(pointer: string, code: string, detail?: string): Problem {
  return new Problem("invalid-request", { errors: [{ pointer, code }], ...(detail !== undefined && { detail }) });
}
