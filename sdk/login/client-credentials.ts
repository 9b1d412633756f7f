import { refreshedToken } from "../refreshed-token.ts";
import type { LoginOptions } from "./login-options.ts";
import { discover, providerError } from "./open-id.ts";

/** A machine, as its OpenID provider knows it. */
export interface ClientCredentials {
  /** The URL before `/.well-known/openid-configuration`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `latchkey` by default. */
  readonly scope?: string | undefined;
}

/**
 * A provider for `LatchkeyOptions.token`: a machine's access tokens, by the client credentials grant (RFC 6749,
 * section 4.4), each for as long as it is fresh.
 *
 * @returns a function that throws LoginError.
 */
export function clientCredentialsToken(
  { scope = "latchkey", ...client }: ClientCredentials,
  { clock, ...options }: LoginOptions = {},
): () => Promise<string> {
  return refreshedToken(async () => {
    const { library, config } = await discover(client, options, "ClientSecretBasic");
    try {
      return await library.clientCredentialsGrant(config, { scope });
    } catch (error) {
      throw providerError(error, client.issuer, options.signal);
    }
  }, clock);
}
