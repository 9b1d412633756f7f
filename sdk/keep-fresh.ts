/** How long something is valid, in milliseconds since 1970. */
export interface Lifetime {
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** Milliseconds before its end that a token is replaced, so that it does not expire on its way. */
const margin = 60_000;
/** Seconds, if the provider does not say. */
const usualLifetime = 120;
/** Seconds, a century: JavaScript has no dates for the end of everything that a provider may say. */
const longestLifetime = 100 * 365 * 24 * 3600;

/** @param seconds what the provider says: `expires_in` */
export function lifetimeOf(seconds = usualLifetime, now: Date): Lifetime {
  const obtainedAt = now.getTime();
  return { obtainedAt, expiresAt: obtainedAt + Math.min(seconds, longestLifetime) * 1000 };
}

/** Whether a token may still be sent. One that is valid for less than two minutes is used for half of that time. */
export function isFresh({ obtainedAt, expiresAt }: Lifetime, now: Date): boolean {
  const early = Math.min(margin, (expiresAt - obtainedAt) / 2);
  // A clock that was set back makes no token fresh.
  return now.getTime() >= obtainedAt - margin && now.getTime() < expiresAt - early;
}

/**
 * Keeps what it gets while that is fresh, and gets another then: once for all calls at the same time.
 *
 * @returns a function that throws what `get` throws.
 */
export function keepFresh<Kept extends Lifetime>(get: () => Promise<Kept>, clock: () => Date): () => Promise<Kept> {
  let kept: Kept | undefined;
  let getting: Promise<Kept> | undefined;
  return async () => {
    if (kept !== undefined && isFresh(kept, clock())) return kept;
    getting ??= get().finally(() => {
      getting = undefined;
    });
    kept = await getting;
    return kept;
  };
}
