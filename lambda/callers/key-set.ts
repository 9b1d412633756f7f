/** Milliseconds: a key that the issuer withdraws is refused no later. */
const longestAge = 15 * 60_000;

/** Milliseconds between fetches if one has failed, or has not brought the key of a token. */
const pause = 10_000;

/** The issuer's keys could not be read, so nothing is known about the token. */
export class IssuerUnavailable extends Error {
  override readonly name = "IssuerUnavailable";
  /** The issuer's short name. */
  readonly issuer: string;

  constructor(issuer: string, cause: unknown) {
    super(issuer, { cause });
    this.issuer = issuer;
  }
}

export interface KeySetPorts {
  /** The issuer's short name. */
  readonly issuer: string;
  /** Fetches the JSON Web Key Set. @throws Error if the issuer does not return one. */
  readonly fetch: () => Promise<unknown>;
  /** Starts to use the keys of a set, and returns their ids. If it has no key that tokens may be signed by, nothing changes. */
  readonly use: (set: unknown) => readonly string[];
  /** Milliseconds. */
  readonly clock: () => number;
}

/** The keys of one issuer: fetched when a token needs them, and used for 15 minutes. */
export class KeySet {
  readonly #ports: KeySetPorts;
  #kids: ReadonlySet<string> = new Set();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** What the last fetch failed with. */
  #failure: unknown;
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
    if (now - this.#fetchedAt < longestAge && this.#kids.has(kid)) return true;
    if (now - this.#triedAt >= pause) this.#trial ??= this.#try(now).finally(() => (this.#trial = undefined));
    if (this.#trial !== undefined) await this.#trial;
    else if (this.#failure !== undefined) throw this.#failure;
    return this.#kids.has(kid);
  }

  async #try(now: number): Promise<void> {
    this.#triedAt = now;
    try {
      const set = await this.#fetch();
      const kids = this.#ports.use(set);
      if (kids.length === 0) throw this.#unavailable(new Error("The set has no key for the issuer's algorithm"));
      this.#kids = new Set(kids);
    } catch (failure) {
      this.#failure = failure;
      throw failure;
    }
    this.#fetchedAt = now;
    this.#failure = undefined;
  }

  /** Only what goes wrong here is the issuer's fault. */
  async #fetch(): Promise<unknown> {
    try {
      return await this.#ports.fetch();
    } catch (cause) {
      throw this.#unavailable(cause);
    }
  }

  #unavailable(cause: unknown): IssuerUnavailable {
    return new IssuerUnavailable(this.#ports.issuer, cause);
  }
}
