/** The rate of requests that one caller is allowed. */
export interface ThrottleSettings {
  /** Requests at once. */
  readonly burst: number;
  /** Requests per second, sustained. */
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  filledAt: number;
}

/** Each takes a few hundred bytes. A caller without recent requests has a full bucket anyway. */
const mostCallers = 10_000;

/**
 * A token bucket for each caller, so that no caller's requests, denied ones included, use up the quotas that EC2 and STS
 * grant to the whole account. The buckets are in memory: each instance of a function counts for itself, and no request waits
 * for a count.
 */
export class CallerThrottle {
  readonly #buckets = new Map<string, Bucket>();
  readonly #settings: ThrottleSettings;

  constructor(settings: ThrottleSettings) {
    this.#settings = settings;
  }

  /**
   * Counts one request of a caller.
   *
   * @returns 0 if it is allowed, else the whole seconds after which to try again.
   */
  take(callerId: string, at: Date): number {
    const { burst, perSecond } = this.#settings;
    const now = at.getTime();
    const { tokens, filledAt } = this.#buckets.get(callerId) ?? { tokens: burst, filledAt: now };
    const elapsed = Math.max(0, now - filledAt) / 1000;
    const filled = Math.min(burst, tokens + elapsed * perSecond);
    const granted = filled >= 1;
    // Last in the map's order, so that the least recent caller is forgotten first.
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
