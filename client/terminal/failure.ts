import type { ExitCode } from "./exit-code.ts";

interface FailureOptions {
  readonly exitCode: ExitCode;
  /** What the user can do about it, in one or two sentences. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** What ends a command, in words for its user: never a secret, and no stack. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  /** @param message one line, without a full stop at its end. */
  constructor(message: string, { exitCode, hint, cause }: FailureOptions) {
    super(message, { cause });
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
