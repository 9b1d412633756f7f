/** How fast one caller may go on. */
export interface ThrottleSettings {
  /** Requests that may come at once. */
  readonly burst: number;
  /** Requests per second, in the long run. */
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  filledAt: number;
}

/** Callers that are remembered. Each takes some hundred bytes; who has not called for long has a full bucket anyway. */
const mostCallers = 10_000;

/**
 * A token bucket for each caller, so that nobody's requests (the denied ones among them) eat up what EC2 and STS allow the
 * whole account. It is kept in memory: each instance of a function counts by itself, and no request waits for the count.
 */
export class CallerThrottle {
  readonly #buckets = new Map<string, Bucket>();
  readonly #settings: ThrottleSettings;

  constructor(settings: ThrottleSettings) {
    this.#settings = settings;
  }

  /**
   * Takes one request of a caller's.
   *
   * @param now milliseconds.
   * @returns 0, or the whole seconds after which the caller may ask again.
   */
  take(callerId: string, now: number): number {
    const { burst, perSecond } = this.#settings;
    const { tokens, filledAt } = this.#buckets.get(callerId) ?? { tokens: burst, filledAt: now };
    const elapsed = Math.max(0, now - filledAt) / 1000;
    const filled = Math.min(burst, tokens + elapsed * perSecond);
    const granted = filled >= 1;
    // Last in the map's order: the longest silent caller is the first to be forgotten.
    this.#buckets.delete(callerId);
    this.#buckets.set(callerId, { tokens: granted ? filled - 1 : filled, filledAt: now });
    if (this.#buckets.size > mostCallers) this.#forgetOne();
    return granted ? 0 : Math.ceil((1 - filled) / perSecond);
  }

  #forgetOne(): void {
    for (const callerId of this.#buckets.keys()) {
      this.#buckets.delete(callerId);
      return;
    }
  }
}
