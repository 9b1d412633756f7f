/**
 * How Slack fails: it answers only after that (`slow`), refuses calls for so many seconds (`limited`), is down (`down`), or does what
 * it is told and loses its response (`lost`).
 */
export type SlackFault =
  | { readonly kind: "slow"; readonly until: Promise<unknown> }
  | { readonly kind: "limited"; readonly retryAfter: number }
  | { readonly kind: "down" }
  | { readonly kind: "lost" };

interface Failing {
  readonly fault: SlackFault;
  /** Of Web API methods, such as `chat.postMessage`; `response_url` for all of these. Left out: all. */
  readonly methods?: readonly string[] | undefined;
  /** Of so many calls, the last fails. */
  readonly every: number;
  calls: number;
  left: number;
}

interface When {
  readonly methods?: readonly string[];
  readonly times?: number;
  readonly every?: number;
}

/** The faults of the stand-in. Set by tests. */
export class SlackFaults {
  #failing: Failing | undefined;

  /** @param when after how many `times` it works again, and of how many calls one fails; by default never, and each */
  set(fault: SlackFault, { methods, times = Number.POSITIVE_INFINITY, every = 1 }: When = {}): void {
    this.#failing = { fault, methods, every, calls: 0, left: times };
  }

  clear(): void {
    this.#failing = undefined;
  }

  /** The fault of a call that has come, if any. */
  take(method: string): SlackFault | undefined {
    const failing = this.#failing;
    if (!failing || failing.left <= 0 || failing.methods?.includes(method) === false) return undefined;
    failing.calls += 1;
    if (failing.calls % failing.every !== 0) return undefined;
    failing.left -= 1;
    return failing.fault;
  }
}
