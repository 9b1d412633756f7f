import type { Call, CallArguments, CallOptions } from "./call.ts";
import contract from "./contract.ts";
import { ApiProblem, LatchkeyError, NetworkError } from "./errors.ts";
import { pause } from "./pause.ts";
import { regionOfLoopback, regionOfUrl } from "./region.ts";
import { requestOf } from "./request.ts";
import { headerOf, readResponse } from "./response.ts";
import { isTransient, usualWait, waitBeforeRetry } from "./retry.ts";
import { type AwsCredentials, type SigningCrypto, signedHeaders } from "./sigv4.ts";
import { fetchTransport, type HttpRequest, type HttpResponse, type Transport } from "./transport.ts";
import { type OpenTunnelOptions, openTunnel, type TunnelSocket } from "./tunnel.ts";
import type { AccessRequest, Connection, Operations } from "./types.ts";
import { type WaitOptions, waitForAccess } from "./wait-for-access.ts";
import { webCrypto } from "./web-crypto.ts";

/** A value, or what gets it: called before every attempt, so a provider that refreshes credentials fits. */
type Provided<Value> = Value | (() => Value | Promise<Value>);

export interface LatchkeyOptions {
  /** The API's. An execute-api URL must include the stage, for example `/live`. */
  readonly url: string;
  /** Signs requests with these: values, or a provider of the AWS SDK. */
  readonly credentials?: Provided<AwsCredentials> | undefined;
  /** A bearer token, used instead of a signature. */
  readonly token?: Provided<string> | undefined;
  /** The region to sign for. An execute-api URL contains it. */
  readonly region?: Provided<string> | undefined;
  readonly userAgent?: string | undefined;
  /** `fetch` by default. */
  readonly transport?: Transport | undefined;
  /** WebCrypto by default. */
  readonly crypto?: SigningCrypto | undefined;
  readonly clock?: (() => Date) | undefined;
}

/** The access request to make if policy requires one. */
export interface AccessForConnection {
  readonly durationSeconds: number;
  readonly reason: string;
}

export interface ConnectOptions extends CallOptions, Pick<WaitOptions, "onUpdate"> {
  /** Left out: `connect` throws the ApiProblem `approval-required`. */
  readonly access?: AccessForConnection | undefined;
}

/** Milliseconds: API Gateway ends a request after 29 seconds. */
const usualTimeout = 30_000;
/** Milliseconds beyond the seconds that a long poll asks for. */
const extraForWait = 10_000;

/** The service that requests to API Gateway are signed for. */
const service = "execute-api";

/** A Latchkey API. Making one sends nothing. */
export class Latchkey {
  /** Without a slash at its end. */
  readonly url: string;
  readonly #options: LatchkeyOptions;

  constructor(options: LatchkeyOptions) {
    this.url = new URL(options.url).href.replace(/\/+$/, "");
    this.#options = options;
  }

  /**
   * Calls an operation. A transient failure of the network or of AWS is retried once.
   *
   * @returns the response, checked against the contract. It may have fields and values that are newer than this library.
   * @throws ApiProblem for a problem document; NetworkError; UnexpectedResponse; the signal's reason.
   */
  async call<Name extends keyof Operations>(
    name: Name,
    ...[input, options = {}]: CallArguments<Name>
  ): Promise<Operations[Name]["response"]> {
    const { transport = fetchTransport, crypto = webCrypto, userAgent } = this.#options;
    const route = contract.routes[name];
    const isReplacing = route.isVersioned && route.method === "PUT";
    const { etag, ...fields }: { etag?: string } = { ...(input as object | undefined) };
    const { url, body } = requestOf(this.url, route, isReplacing ? fields : { ...fields, etag });
    const { signal, timeout = timeoutOf(url), idempotencyKey } = options;
    const request = { method: route.method, url, body };
    const headers = {
      accept: "application/json",
      ...(userAgent !== undefined && { "user-agent": userAgent }),
      ...(route.isIdempotent && { "idempotency-key": idempotencyKey ?? crypto.randomUUID() }),
      ...(isReplacing && (etag === undefined ? { "if-none-match": "*" } : { "if-match": etag })),
    };
    const isOpenToAll = route.authentication === "none";
    // Signed for each attempt: a signature contains its time.
    const attempt = async () => {
      const authentication = isOpenToAll ? {} : await this.#authenticate(request, crypto);
      return transport({ ...request, headers: { ...headers, ...authentication } }, { timeout, signal });
    };
    const response = await tryTwice(attempt, signal);
    const result = readResponse(response, { response: route.response, problem: contract.problem });
    return (route.isVersioned ? { ...(result as object), etag: headerOf(response.headers, "etag") } : result) as never;
  }

  /**
   * Has a public key pushed to an instance.
   *
   * @param options with `access`, and if policy requires it: makes an access request, waits until it is active, and
   *   connects then.
   * @throws what `call` and `waitForAccess` throw.
   */
  async connect(
    request: Operations["createConnection"]["input"],
    { access, onUpdate, ...options }: ConnectOptions = {},
  ): Promise<Connection> {
    try {
      return await this.call("createConnection", request, options);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.code !== "approval-required" || !access) throw error;
    }
    const { signal } = options;
    const { instanceId, accountId, region } = request;
    const key = { instanceId, accountId, region };
    const osUser = request.osUser ?? (await this.call("getInstance", key, { signal })).defaultOsUser;
    const accessRequest = await this.call("createAccessRequest", { ...key, osUser, ...access }, { signal });
    await this.waitForAccess(accessRequest, { signal, onUpdate });
    return this.call("createConnection", request, options);
  }

  /**
   * Waits until an access request is no longer pending.
   *
   * @returns it when it is active, or scheduled: then it gives access from `startsAt` on.
   * @throws AccessNotGranted if it is denied, cancelled, expired or revoked; what `call` throws; the signal's reason.
   */
  async waitForAccess(request: Pick<AccessRequest, "id">, options: WaitOptions = {}): Promise<AccessRequest> {
    const first =
      "status" in request ? (request as AccessRequest) : await this.call("getAccessRequest", request, options);
    const { clock } = this.#options;
    const last = await waitForAccess(this.call.bind(this) as Call, first, { ...(clock && { clock }), ...options });
    if (last.status === "active" || last.status === "scheduled") return last;
    throw new AccessNotGranted(last);
  }

  /**
   * Opens the tunnel of a connection, by WebSocket: what goes through it is the instance's SSH.
   *
   * @throws NetworkError; LatchkeyError if the connection has no tunnel; the signal's reason.
   */
  async openTunnel({ tunnel }: Pick<Connection, "tunnel">, options: OpenTunnelOptions = {}): Promise<TunnelSocket> {
    if (tunnel === undefined) throw new LatchkeyError("this connection has no tunnel: dial its host and port");
    return openTunnel(tunnel.url, options);
  }

  async #authenticate(
    request: Pick<HttpRequest, "method" | "url" | "body">,
    crypto: SigningCrypto,
  ): Promise<Record<string, string>> {
    const { token, credentials, region, clock = () => new Date() } = this.#options;
    if (token !== undefined) return { authorization: `Bearer ${await get(token)}` };
    if (credentials === undefined) return {};
    const given = await get(credentials);
    const signedFor =
      (region === undefined ? undefined : await get(region)) ?? regionOfUrl(this.url) ?? regionOfLoopback(this.url);
    if (signedFor === undefined) throw new LatchkeyError("region is not set, and the URL does not contain it");
    return signedHeaders(request, given, { region: signedFor, service, now: clock(), crypto });
  }
}

/** An access request ended without giving access: `accessRequest.status` says how. */
export class AccessNotGranted extends LatchkeyError {
  override readonly name = "AccessNotGranted";
  readonly accessRequest: AccessRequest;

  constructor(accessRequest: AccessRequest) {
    super(`the access request is ${accessRequest.status}`);
    this.accessRequest = accessRequest;
  }
}

function get<Value>(provided: Provided<Value>): Value | Promise<Value> {
  return typeof provided === "function" ? (provided as () => Value | Promise<Value>)() : provided;
}

function timeoutOf({ searchParams }: URL): number {
  const seconds = Number(searchParams.get("wait") ?? 0);
  return Math.max(usualTimeout, seconds * 1000 + extraForWait);
}

/** Retries once after a failure that is likely transient. */
async function tryTwice(attempt: () => Promise<HttpResponse>, signal: AbortSignal | undefined): Promise<HttpResponse> {
  let wait: number | undefined;
  try {
    const response = await attempt();
    wait = waitBeforeRetry(response);
    if (wait === undefined) return response;
  } catch (error) {
    if (!(error instanceof NetworkError && isTransient(error))) throw error;
    wait = usualWait;
  }
  await pause(wait, signal);
  return attempt();
}
