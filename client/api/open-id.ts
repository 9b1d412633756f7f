import type { Configuration, TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { NetworkError } from "../../sdk/errors.ts";
import { isLoopback } from "../../sdk/loopback.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";
import { exchange } from "./exchange.ts";
import type { Login } from "./login-file.ts";
import { networkFailure } from "./network-failure.ts";
import { mayHaveProxy, proxyAgent } from "./proxy.ts";
import { isToken } from "./token.ts";

/** A provider as one client of it. */
export type Client = Pick<Login, "issuer" | "clientId" | "scope">;
type Library = typeof import("openid-client");

export interface Provider {
  readonly library: Library;
  readonly config: Configuration;
}

/** Milliseconds for one request. */
const timeout = 30_000;

/** Reads what a provider says of itself. @throws Failure */
export async function discover({ issuer, clientId }: Client, world: World): Promise<Provider> {
  const library = await import("openid-client");
  const url = new URL(issuer);
  const { allowInsecureRequests, customFetch } = library;
  try {
    const config = await library.discovery(url, clientId, undefined, library.None(), {
      [customFetch]: fetchWith(world),
      timeout: timeout / 1000,
      // Nobody else reads what is sent to this machine.
      ...(isLoopback(url.hostname) && { execute: [allowInsecureRequests] }),
    });
    return { library, config };
  } catch (error) {
    throw providerFailure(error, issuer, world);
  }
}

/** As the API's requests go: through a proxy if the environment names one. */
const fetchWith =
  ({ environment, signal }: World) =>
  async (target: string, { method, headers, body }: { method: string; headers: object; body: unknown }) => {
    const url = new URL(target);
    const agent = mayHaveProxy(environment) ? await proxyAgent(target) : undefined;
    const request = { url, method, headers: { ...headers }, body: body === undefined ? "" : String(body) };
    const response = await exchange(request, { timeout, signal, agent });
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
 * @throws Failure `protocol` for a token that cannot be sent.
 */
export function loginOf(tokens: Tokens, client: Client, { now, before }: { now: Date; before?: Login }): Login {
  const { issuer, clientId, scope } = client;
  const { access_token: accessToken, refresh_token: refreshToken = before?.refreshToken } = tokens;
  if (!isToken(accessToken)) throw new Failure(`${visible(issuer)} gave a token that cannot be sent`, protocol);
  const claims = tokens.claims();
  const subject = [claims?.["preferred_username"], claims?.["email"], claims?.sub].find(
    (name) => typeof name === "string" && name !== "",
  );
  const obtainedAt = now.getTime();
  return {
    v: 1,
    issuer,
    clientId,
    scope,
    subject: subject === undefined ? (before?.subject ?? "somebody") : String(subject),
    accessToken,
    refreshToken,
    obtainedAt,
    expiresAt: obtainedAt + Math.min(tokens.expires_in ?? usualLifetime, longestLifetime) * 1000,
  };
}

/** Seconds, if the provider does not say. */
const usualLifetime = 300;
/** Seconds: beyond a year no date would be right, or even possible. */
const longestLifetime = 365 * 24 * 3600;

const protocol = { exitCode: exitCodes.protocol } as const;

/** What went wrong at a provider, in words for the user: what the provider says is data. Never a token. */
export function providerFailure(error: unknown, issuer: string, { signal }: Pick<World, "signal">): unknown {
  if (signal.aborted) return signal.reason;
  const causes = chainOf(error);
  for (const cause of causes) {
    if (cause instanceof Failure) return cause;
    if (cause instanceof NetworkError) return providerUnreachable(cause);
    if (cause instanceof Response && (cause.status >= 500 || cause.status === 429))
      return new Failure(`${visible(issuer)} returned ${cause.status}`, { exitCode: exitCodes.unavailable });
    if (typeof cause["error"] === "string") return saidFailure(cause["error"], cause["error_description"], issuer);
  }
  const name = visible(issuer);
  const said = causes.map(({ message }) => message).find((message) => /"(?:state|iss)"/.test(String(message)));
  if (said !== undefined) {
    const what = String(said).includes('"state"') ? "state" : "issuer";
    return new Failure(`the response has a wrong ${what}: it is not for this login`, {
      ...protocol,
      hint: "somebody else may have sent it: sign in again",
    });
  }
  return new Failure(`${name} does not respond as an OpenID provider does`, {
    ...protocol,
    hint: "check the issuer: it is the URL before /.well-known/openid-configuration",
    cause: error,
  });
}

function providerUnreachable(error: NetworkError): Failure {
  const { message, exitCode } = networkFailure(error);
  return new Failure(`the OpenID provider ${message}`, { exitCode, hint: "check the issuer and the network" });
}

/** @param code of RFC 6749, 8628 or OpenID Connect */
function saidFailure(code: string, description: unknown, issuer: string): Failure {
  const more = typeof description === "string" && description !== "" ? `: ${visible(description).slice(0, 200)}` : "";
  const [, exitCode, said, hint] = endings.find(([pattern]) => pattern.test(code)) ?? other;
  return new Failure(`${said.replace("ISSUER", () => visible(issuer))} (${visible(code).slice(0, 100)}${more})`, {
    exitCode,
    hint,
  });
}

type Ending = readonly [pattern: RegExp, exitCode: Failure["exitCode"], said: string, hint?: string];

const other: Ending = [/^/, exitCodes.noPermission, "ISSUER refuses the login"];
const endings: readonly Ending[] = [
  [/^access_denied$/, exitCodes.noPermission, "the login was denied at ISSUER"],
  [/^expired_token$/, exitCodes.tryAgain, "nobody confirmed the code in time", "sign in again"],
  [/^invalid_grant$/, exitCodes.configuration, "the login has ended", "sign in again"],
  [
    /^(?:invalid_client|unauthorized_client)$/,
    exitCodes.configuration,
    "ISSUER does not know this client",
    "check --client-id",
  ],
  [/^invalid_scope$/, exitCodes.configuration, "ISSUER does not know this scope", "check --scope"],
  [/^(?:server_error|temporarily_unavailable|slow_down)$/, exitCodes.tryAgain, "ISSUER is not available"],
];

function chainOf(error: unknown): (Record<string, unknown> & { readonly message?: unknown })[] {
  const chain: Record<string, unknown>[] = [];
  for (let next = error; typeof next === "object" && next !== null && chain.length < 10; ) {
    chain.push(next as Record<string, unknown>);
    next = (next as { cause?: unknown }).cause;
  }
  return chain;
}
