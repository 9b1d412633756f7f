/** The fields of a token endpoint's response (RFC 6749, section 5.1) that are needed: what OpenID libraries return fits. */
export interface TokenResponse {
  readonly access_token: string;
  /** Seconds. Left out: the token is used for a minute. */
  readonly expires_in?: number | undefined;
}

/** Milliseconds before its end that a token is replaced, so that it does not expire on its way. */
const margin = 60_000;
/** Seconds, if the provider does not say. */
const usualLifetime = 120;

/**
 * A provider for `LatchkeyOptions.token`: keeps a token, and gets another before it expires, once for all calls at the same time.
 *
 * @param get asks the OpenID provider for a token, by a refresh token or as a machine. What it throws, the call throws.
 */
export function refreshedToken(
  get: () => Promise<TokenResponse>,
  clock: () => Date = () => new Date(),
): () => Promise<string> {
  let kept: { readonly token: string; readonly until: number } | undefined;
  let getting: Promise<string> | undefined;
  const replace = async () => {
    const { access_token: token, expires_in: seconds = usualLifetime } = await get();
    const lifetime = seconds * 1000;
    kept = { token, until: clock().getTime() + lifetime - Math.min(margin, lifetime / 2) };
    return token;
  };
  return async () => {
    if (kept !== undefined && clock().getTime() < kept.until) return kept.token;
    getting ??= replace().finally(() => {
      getting = undefined;
    });
    return getting;
  };
}
