import type { FieldError, ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";

interface ProblemOptions {
  /** Replaces the code's usual detail in the response. Never echoes the input or the cause. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** With `approval-required` and `nobody-can-approve`: what the access request needs. */
  readonly requirements?: Requirements | undefined;
  /** With `throttled`: which limit. */
  readonly limit?: string;
  /** The underlying error, for the log only. */
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere below the chain, to respond with a problem document. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly requirements: Requirements | undefined;
  readonly limit: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, { detail, errors, requirements, limit, cause, headers = {} }: ProblemOptions = {}) {
    super(code, { cause });
    this.name = "Problem";
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.requirements = requirements;
    this.limit = limit;
    this.headers = headers;
  }
}

/** 400 for one invalid field. `detail` says what is wrong with it. */
export function invalidField(pointer: string, code: string, detail?: string): Problem {
  const words = detail === undefined ? {} : { detail };
  return new Problem("invalid-request", { errors: [{ pointer, code, ...words }], ...words });
}

/** 400 for a subject whose id has a form that no source of identities may assert: most likely a typo. */
export function unknownSubject(): Problem {
  return invalidField("/subject", "unknown-person", "No role in identities.iam.people may assert this id.");
}
