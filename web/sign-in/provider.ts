import * as oauth from "oauth4webapi";
import type { ConsoleConfig } from "../../contract/console.ts";
import { LoginError } from "../../sdk/index.ts";

/** What one sign-in must prove on its return. */
export interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly expires_in?: number | undefined;
  readonly refresh_token?: string | undefined;
  /** Who signed in, in the provider's words. */
  readonly subject?: string | undefined;
}

interface BeginOptions {
  /** The beginning of the state. */
  readonly prefix?: string | undefined;
  /** `login`: the provider asks who signs in, although it knows somebody. */
  readonly prompt?: string | undefined;
}

/** Milliseconds for one request. */
const timeout = 15_000;

/** The OpenID provider, by the code flow with PKCE (RFC 6749, 7636, 9207). Every method throws LoginError. */
export class Provider {
  readonly #config: ConsoleConfig;
  readonly #client: oauth.Client;
  readonly #redirectUri: string;
  #server: Promise<oauth.AuthorizationServer> | undefined;

  /** @param redirectUri the console's own URL */
  constructor(config: ConsoleConfig, redirectUri: string) {
    this.#config = config;
    this.#client = { client_id: config.clientId };
    this.#redirectUri = redirectUri;
  }

  /** Where to sign in, and what its return must prove. */
  async begin({
    prefix = "",
    prompt,
  }: BeginOptions = {}): Promise<{ readonly url: string; readonly pending: Pending }> {
    const { authorization_endpoint: endpoint = "" } = await this.#discover();
    if (!URL.canParse(endpoint)) throw notAProvider(this.#config);
    const pending = {
      state: prefix + oauth.generateRandomState(),
      verifier: oauth.generateRandomCodeVerifier(),
      nonce: oauth.generateRandomNonce(),
    };
    const url = new URL(endpoint);
    const { clientId: client_id, scope, resource } = this.#config;
    const query = {
      ...{ response_type: "code", client_id, scope, redirect_uri: this.#redirectUri },
      ...{ state: pending.state, nonce: pending.nonce, code_challenge_method: "S256" },
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      ...(resource !== undefined && { resource }),
      ...(prompt !== undefined && { prompt }),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return { url: url.href, pending };
  }

  /** @param returned the query with which the provider has sent the browser back */
  async complete(returned: URLSearchParams, { state, verifier, nonce }: Pending): Promise<Tokens> {
    const server = await this.#discover();
    return this.#try(async () => {
      const proven = oauth.validateAuthResponse(server, this.#client, returned, state);
      const response = await oauth.authorizationCodeGrantRequest(
        ...([server, this.#client, oauth.None(), proven, this.#redirectUri, verifier] as const),
        this.#options(),
      );
      const checks = { expectedNonce: nonce, requireIdToken: true };
      return tokensOf(await oauth.processAuthorizationCodeResponse(server, this.#client, response, checks));
    });
  }

  /** @throws LoginError `sign-in-required` once the provider takes the refresh token no longer */
  async refresh(refreshToken: string): Promise<Tokens> {
    const server = await this.#discover();
    return this.#try(async () => {
      const response = await oauth.refreshTokenGrantRequest(
        ...([server, this.#client, oauth.None(), refreshToken] as const),
        this.#options(),
      );
      const tokens = tokensOf(await oauth.processRefreshTokenResponse(server, this.#client, response));
      return { ...tokens, refresh_token: tokens.refresh_token ?? refreshToken };
    });
  }

  /** Tells the provider that the refresh token is no longer needed. @returns where to sign out there, if it has such a page */
  async signOut(refreshToken: string | undefined): Promise<string | undefined> {
    const server = await this.#discover();
    if (refreshToken !== undefined && server.revocation_endpoint !== undefined) {
      const none = oauth.None();
      // It ends by itself, if the provider cannot be told.
      await oauth.revocationRequest(server, this.#client, none, refreshToken, this.#options()).catch(() => {});
    }
    if (server.end_session_endpoint === undefined) return undefined;
    const url = new URL(server.end_session_endpoint);
    url.searchParams.set("client_id", this.#config.clientId);
    url.searchParams.set("post_logout_redirect_uri", this.#redirectUri);
    return url.href;
  }

  /** What the provider says of itself, asked once. */
  #discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#config.issuer);
    this.#server ??= this.#try(async () =>
      oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, this.#options())),
    ).catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
    return this.#server;
  }

  #options() {
    // Nobody else reads what is sent to this machine.
    const isLocal = new URL(this.#config.issuer).protocol === "http:";
    return { signal: () => AbortSignal.timeout(timeout), [oauth.allowInsecureRequests]: isLocal };
  }

  async #try<Value>(attempt: () => Promise<Value>): Promise<Value> {
    try {
      return await attempt();
    } catch (error) {
      throw loginError(error, this.#config);
    }
  }
}

function tokensOf(response: oauth.TokenEndpointResponse): Tokens {
  const { access_token, expires_in, refresh_token } = response;
  return { access_token, expires_in, refresh_token, subject: oauth.getValidatedIdTokenClaims(response)?.sub };
}

/** Without the cause, which may hold a token; what the provider says in words is not repeated. */
function loginError(error: unknown, config: ConsoleConfig): LoginError {
  const { host } = new URL(config.issuer);
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    if (error.error === "invalid_grant") return new LoginError("sign-in-required", "the sign-in has ended");
    if (error.error === "access_denied") return new LoginError("denied", `the sign-in was denied at ${host}`);
    const code = error.error.replace(/[^a-z_]/g, "").slice(0, 40);
    return new LoginError("denied", `${host} refuses the sign-in (${code})`);
  }
  if (error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError")) {
    return new LoginError("provider-unreachable", `${host} cannot be reached`);
  }
  if (error instanceof oauth.OperationProcessingError) {
    const isForeign = ["state", "iss", "nonce"].some((word) => error.message.includes(`"${word}"`));
    if (isForeign) return new LoginError("response-foreign", "the response is not for this sign-in");
  }
  return notAProvider(config);
}

const notAProvider = ({ issuer }: ConsoleConfig) =>
  new LoginError("provider-unknown", `${new URL(issuer).host} does not respond as an OpenID provider does`);
