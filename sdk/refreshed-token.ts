import { keepFresh, lifetimeOf } from "./keep-fresh.ts";

/** The fields of a token endpoint's response (RFC 6749, section 5.1) that are needed: what OpenID libraries return fits. */
export interface TokenResponse {
  readonly access_token: string;
  /** Seconds. Left out: the token is used for a minute. */
  readonly expires_in?: number | undefined;
}

/**
 * A provider for `LatchkeyOptions.token`: keeps a token, and gets another before it expires, once for all calls at the same time.
 *
 * @param get asks the OpenID provider for a token, by a refresh token or as a machine. What it throws, the call throws.
 */
export function refreshedToken(
  get: () => Promise<TokenResponse>,
  clock: () => Date = () => new Date(),
): () => Promise<string> {
  const fresh = keepFresh(async () => {
    const { access_token: token, expires_in: seconds } = await get();
    return { token, ...lifetimeOf(seconds, clock()) };
  }, clock);
  return async () => (await fresh()).token;
}
