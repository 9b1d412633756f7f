/**
 * How Slack fails: it answers only after that (`slow`), refuses calls for so many seconds (`limited`), is down (`down`), or does what
 * it is told and loses its answer (`lost`).
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
  left: number;
}

/** The faults of the stand-in. Set by tests. */
export class SlackFaults {
  #failing: Failing | undefined;

  /** @param times after which it works again; by default never. */
  set(
    fault: SlackFault,
    { methods, times = Number.POSITIVE_INFINITY }: { methods?: string[]; times?: number } = {},
  ): void {
    this.#failing = { fault, methods, left: times };
  }

  clear(): void {
    this.#failing = undefined;
  }

  /** The fault of a call that has come, if any. */
  take(method: string): SlackFault | undefined {
    const failing = this.#failing;
    if (!failing || failing.left <= 0 || failing.methods?.includes(method) === false) return undefined;
    failing.left -= 1;
    return failing.fault;
  }
}
