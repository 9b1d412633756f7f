import type { Configuration, TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { LoginError, type LoginErrorCode, NetworkError } from "../errors.ts";
import { isToken } from "../is-token.ts";
import { lifetimeOf } from "../keep-fresh.ts";
import { isLoopback } from "../loopback.ts";
import { fetchTransport } from "../transport.ts";
import type { Login } from "./login-file.ts";
import type { LoginOptions } from "./login-options.ts";

/** A provider as one client of it. */
export type Client = Pick<Login, "issuer" | "clientId" | "scope" | "clientSecret" | "usesIdToken">;

export interface Provider {
  readonly library: typeof import("./openid-client.ts");
  readonly config: Configuration;
}

/** Milliseconds for one request. */
const timeout = 30_000;

/**
 * Reads what a provider says of itself.
 *
 * @param client with a secret if it is a machine, or if the provider asks for one all the same.
 * @param method of sending a secret: in the body, as Google has it, or in the header that each provider must take.
 * @throws LoginError; the signal's reason.
 */
export async function discover(
  { issuer, clientId, clientSecret }: Omit<Client, "scope">,
  options: LoginOptions,
  method: "ClientSecretPost" | "ClientSecretBasic" = "ClientSecretPost",
): Promise<Provider> {
  const library = await import("./openid-client.ts");
  const { allowInsecureRequests, customFetch, None } = library;
  try {
    const url = new URL(issuer);
    const authentication = clientSecret === undefined ? None() : library[method](clientSecret);
    const config = await library.discovery(url, clientId, undefined, authentication, {
      [customFetch]: fetchBy(options),
      timeout: timeout / 1000,
      // Nobody else reads what is sent to this machine.
      ...(isLoopback(url.hostname) && { execute: [allowInsecureRequests] }),
    });
    return { library, config };
  } catch (error) {
    throw providerError(error, issuer, options.signal);
  }
}

/** What a transport throws, within what openid-client makes of it. */
class Unsent extends Error {}

const fetchBy =
  ({ transport = fetchTransport, signal }: LoginOptions) =>
  async (target: string, { method, headers, body }: { method: string; headers: object; body: unknown }) => {
    const request = { url: new URL(target), method, headers: { ...headers }, body: String(body ?? "") };
    const response = await transport(request, { timeout, signal }).catch((cause: unknown) => {
      throw new Unsent("not sent", { cause });
    });
    const isEmpty = [101, 204, 205, 304].includes(response.status);
    const fields = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    return new Response(isEmpty ? null : response.body, { status: response.status, headers: fields });
  };

export type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

/**
 * What a provider's response comes to.
 *
 * @param before the login that it refreshes, whose refresh token stays if there is no new one.
 * @throws LoginError `token-invalid` for a token that cannot be sent.
 */
export function loginOf(tokens: Tokens, client: Client, { now, before }: { now: Date; before?: Login }): Login {
  const { issuer, clientId, scope, clientSecret, usesIdToken } = client;
  const { access_token, id_token = "", expires_in, refresh_token: refreshToken = before?.refreshToken } = tokens;
  const accessToken = usesIdToken ? id_token : access_token;
  if (!isToken(accessToken)) throw new LoginError("token-invalid", `${issuer} gave a token that cannot be sent`);
  const claims = tokens.claims();
  const subject = [claims?.["preferred_username"], claims?.["email"], claims?.sub].find(
    (name) => typeof name === "string" && name !== "",
  );
  return {
    v: 1,
    ...{ issuer, clientId, scope, clientSecret, usesIdToken },
    subject: subject === undefined ? (before?.subject ?? "somebody") : String(subject),
    accessToken,
    refreshToken,
    ...lifetimeOf(usesIdToken && claims ? claims.exp - now.getTime() / 1000 : expires_in, now),
  };
}

/** What went wrong at a provider. It may quote what the provider says, but never a token. @returns what to throw */
export function providerError(error: unknown, issuer: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const causes = chainOf(error);
  for (const cause of causes) {
    if (cause instanceof LoginError) return cause;
    if (cause instanceof Unsent) return cause.cause instanceof NetworkError ? unreachable(cause.cause) : cause.cause;
    if (cause instanceof Response && (cause.status >= 500 || cause.status === 429))
      return new LoginError("provider-unavailable", `${issuer} returned ${cause.status}`);
    // Without an error in words: who asks for Basic authentication has to respond so.
    if (cause["code"] === "OAUTH_WWW_AUTHENTICATE_CHALLENGE") return saidError("invalid_client", undefined, issuer);
    if (typeof cause["error"] === "string") return saidError(cause["error"], cause["error_description"], issuer);
  }
  if (causes.some(({ message }) => String(message).includes('"iss"')))
    return new LoginError("response-foreign", "the response has a wrong issuer: it is not for this login");
  // Without the cause: it may hold the response, tokens included.
  return new LoginError("provider-unknown", `${issuer} does not respond as an OpenID provider does`);
}

function unreachable(error: NetworkError): LoginError {
  return new LoginError("provider-unreachable", `the OpenID provider cannot be reached: ${error.message}`, error);
}

/**
 * @param code of RFC 6749, 8628 or OpenID Connect
 * @param description in words, without what is too long for one: it could be a token that the provider repeats.
 */
function saidError(code: string, description: unknown, issuer: string): LoginError {
  const words = typeof description === "string" ? description.replace(/\S{33,}/g, "…").slice(0, 200) : "";
  const more = words === "" ? "" : `: ${words}`;
  const [, meaning, said] = endings.find(([pattern]) => pattern.test(code)) ?? other;
  return new LoginError(meaning, `${said.replace("ISSUER", () => issuer)} (${code.slice(0, 100)}${more})`);
}

type Ending = readonly [pattern: RegExp, code: LoginErrorCode, said: string];

const other: Ending = [/^/, "denied", "ISSUER refuses the login"];
const endings: readonly Ending[] = [
  [/^access_denied$/, "denied", "the login was denied at ISSUER"],
  [/^expired_token$/, "code-expired", "nobody confirmed the code in time"],
  [/^invalid_grant$/, "sign-in-required", "the login has ended"],
  [/^(?:invalid_client|unauthorized_client)$/, "client-unknown", "ISSUER does not accept this client"],
  [/^invalid_scope$/, "scope-unknown", "ISSUER does not know this scope"],
  [/^(?:server_error|temporarily_unavailable|slow_down)$/, "provider-unavailable", "ISSUER is not available"],
];

function chainOf(error: unknown): (Record<string, unknown> & { readonly message?: unknown })[] {
  const chain: Record<string, unknown>[] = [];
  for (let next = error; typeof next === "object" && next !== null && chain.length < 10; ) {
    chain.push(next as Record<string, unknown>);
    next = (next as { cause?: unknown }).cause;
  }
  return chain;
}
