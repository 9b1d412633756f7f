/** One IAM check that a stand-in made for a call. */
export interface AskedAction {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** One call that a stand-in has served. The log is in memory, for the test of privileges. */
export interface LoggedCall {
  readonly service: string;
  readonly operation: string;
  /** The role whose credentials signed it: a function's name, `push` or `read`, or `unknown`. */
  readonly role: string;
  /** The role's account, and the region that the call was signed for: the target that served it. `unknown` if it was refused before. */
  readonly accountId: string;
  readonly region: string;
  readonly request: unknown;
  readonly actions: readonly AskedAction[];
  /** 0 if it is never answered. */
  readonly status: number;
  /** Milliseconds on the process's clock. */
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
