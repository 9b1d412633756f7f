/** Milliseconds: a key that the issuer withdraws is refused no later. */
const longestAge = 15 * 60_000;

/** Milliseconds between fetches if one has failed, or has not brought the key of a token. */
const pause = 10_000;

/** The issuer's keys could not be read, so nothing is known about the token. */
export class IssuerUnavailable extends Error {
  override readonly name = "IssuerUnavailable";
}

export interface KeySetPorts {
  /** Fetches the JSON Web Key Set, and starts to use it. @throws Error if it is none. */
  readonly refresh: () => Promise<{ readonly keys: readonly { readonly kid?: string }[] }>;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** The keys of one issuer: fetched when a token needs them, and used for 15 minutes. */
export class KeySet {
  readonly #ports: KeySetPorts;
  #kids: ReadonlySet<string | undefined> = new Set();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #hasFailed = false;
  #trial: Promise<void> | undefined;

  constructor(ports: KeySetPorts) {
    this.#ports = ports;
  }

  /**
   * Whether the issuer has a key of this id. An id that is not known costs one fetch, and then none for some seconds.
   *
   * @throws IssuerUnavailable if that is not known.
   */
  async has(kid: string): Promise<boolean> {
    const now = this.#ports.clock();
    const isFresh = now - this.#fetchedAt < longestAge;
    if (isFresh && this.#kids.has(kid)) return true;
    if (now - this.#triedAt >= pause) this.#trial ??= this.#try(now).finally(() => (this.#trial = undefined));
    if (this.#trial !== undefined) await this.#trial;
    else if (!isFresh || this.#hasFailed) throw new IssuerUnavailable();
    return this.#kids.has(kid);
  }

  async #try(now: number): Promise<void> {
    this.#triedAt = now;
    this.#hasFailed = true;
    try {
      const { keys } = await this.#ports.refresh();
      this.#kids = new Set(keys.map(({ kid }) => kid));
    } catch (cause) {
      throw new IssuerUnavailable(undefined, { cause });
    }
    this.#fetchedAt = now;
    this.#hasFailed = false;
  }
}
