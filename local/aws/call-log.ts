/** One question that a stand-in put to IAM on behalf of a call. */
export interface AskedAction {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** One call that a stand-in has answered. The log stays in memory, and holds what the test of privileges needs. */
export interface LoggedCall {
  readonly service: string;
  readonly operation: string;
  /** The role whose credentials signed it: a function's name, `push`, or `unknown`. */
  readonly role: string;
  readonly request: unknown;
  readonly actions: readonly AskedAction[];
  readonly status: number;
  /** Milliseconds on the process's own clock. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export class CallLog {
  readonly calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.calls.push(call);
  }

  clear(): void {
    this.calls.length = 0;
  }
}
