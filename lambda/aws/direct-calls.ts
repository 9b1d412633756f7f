import type { HttpRequest } from "@smithy/core/protocols";
import { type RetryResolvedConfig, retryMiddleware } from "@smithy/core/retry";
import { operation } from "@smithy/core/schema";
import { CorrectedClock } from "./corrected-clock.ts";
import { type AwsRequest, type AwsResponse, LostConnection } from "./request-handler.ts";
import { type SessionKeys, signedHeaders } from "./sigv4.ts";

/** What a call may have of its own. */
export interface CallOptions {
  readonly abortSignal?: AbortSignal;
  /** Left out: the function's. */
  readonly credentials?: SessionKeys;
  /** Runs before each attempt. What it throws ends the call. */
  readonly beforeAttempt?: () => void;
}

interface Command {
  readonly schema: readonly [kind: number, ...Parameters<typeof operation>];
  readonly input: object;
}

/** What a client's configuration has for the SDK's own chain of middleware. */
interface ClientConfig extends RetryResolvedConfig {
  readonly serviceId: string;
  readonly region: () => Promise<string>;
  readonly credentials: () => Promise<SessionKeys>;
  readonly useFipsEndpoint: () => Promise<boolean>;
  readonly useDualstackEndpoint: () => Promise<boolean>;
  readonly endpointProvider: (parameters: object) => { readonly url: URL };
  readonly defaultUserAgentProvider: () => Promise<readonly (readonly [name: string, version?: string])[]>;
  readonly httpAuthSchemeProvider: (parameters: object) => readonly {
    readonly schemeId: string;
    readonly signingProperties?: { readonly name?: string };
  }[];
  readonly protocol: {
    serializeRequest(
      operation: object,
      input: object,
      context: object,
    ): Promise<HttpRequest & { body: string | Uint8Array }>;
    deserializeResponse(operation: object, context: object, response: AwsResponse): Promise<{ $metadata: object }>;
  };
  readonly requestHandler: {
    handle(request: AwsRequest, options: { abortSignal?: AbortSignal }): Promise<{ response: AwsResponse }>;
  };
}

/**
 * Replaces a client's chain of middleware, which took a fifth of a connection's CPU (docs/bench.md). What remains is the
 * SDK's own: protocol, endpoint by region, partition and FIPS, retries, and name in CloudTrail. Signature and correction of
 * the clock do what the SDK's do.
 */
export function callDirectly<Client extends { readonly config: object }>(client: Client): Client {
  // The types of a client's configuration leave out what only the SDK uses.
  return Object.assign(client, { send: senderOf(client.config as ClientConfig) });
}

function senderOf(config: ClientConfig) {
  let prepared: ReturnType<typeof prepare> | undefined;
  const retry = retryMiddleware(config);
  // The client's, so that a correction holds for all of its calls.
  const clock = new CorrectedClock();
  return async ({ schema, input }: Command, { abortSignal, credentials, beforeAttempt }: CallOptions = {}) => {
    prepared ??= prepare(config);
    const { endpoint, headers, scope } = await prepared;
    const [, ...described] = schema;
    const called = operation(...described);
    const request = await config.protocol.serializeRequest(called, input, { endpoint });
    Object.assign(request.headers, headers, { "content-length": String(Buffer.byteLength(request.body)) });
    const send = async () => {
      beforeAttempt?.();
      const signedAt = clock.now();
      const keys = credentials ?? (await config.credentials());
      const signed = { ...request, headers: signedHeaders(request, keys, scope, signedAt) };
      const { response } = await config.requestHandler.handle(signed, { ...(abortSignal && { abortSignal }) });
      const isCorrected = clock.learnFrom(response, signedAt);
      const output = await config.protocol
        .deserializeResponse(called, config, response)
        .catch((error: Error) => Promise.reject(withResponse(error, response, isCorrected)));
      return { response, output };
    };
    // It had been closed while the function was frozen, or as the request was sent: that says nothing about AWS.
    const attempt = () => send().catch((error) => (error instanceof LostConnection ? send() : Promise.reject(error)));
    const { output } = await retry(attempt, { __smithy_context: { ...(abortSignal && { abortSignal }) } })({
      input,
      request,
    });
    return output;
  };
}

/**
 * An error with what decides about a retry (the response's status, and when it asks to call again) and the id for the log.
 *
 * @param isCorrected whether the next attempt has another time.
 */
function withResponse(error: Error, response: AwsResponse, isCorrected: boolean): Error {
  const requestId = response.headers["x-amzn-requestid"];
  const $metadata = { httpStatusCode: response.statusCode, ...(requestId !== undefined && { requestId }) };
  if (!("$metadata" in error)) Object.assign(error, { $metadata });
  if (isCorrected) Object.assign((error as Error & { $metadata: object }).$metadata, { clockSkewCorrected: true });
  // Hidden, so that nothing logs it. The SDK's own errors have the property already, as one to enumerate, which it would
  // remain.
  return Object.defineProperty(error, "$response", { value: response, enumerable: false });
}

/** What a client's calls have in common. It waits for the first one, as the SDK does. */
async function prepare(config: ClientConfig) {
  const region = await config.region();
  const place = await placeOf(config, region);
  const { protocol, hostname, port, pathname, host } = config.endpointProvider(place).url;
  const schemes = config.httpAuthSchemeProvider({ region, ...place });
  const service = schemes.find(({ schemeId }) => schemeId === "aws.auth#sigv4")?.signingProperties?.name;
  if (!service) throw new Error(`${config.serviceId} takes no signature of version 4`);
  const endpoint = { protocol, hostname, port: port ? Number(port) : undefined, path: pathname, query: {} };
  return {
    endpoint: async () => endpoint,
    headers: { host, ...(await userAgent(config)) },
    scope: { region, service },
  };
}

/** What decides about a service's endpoint. One that the SDK's environment variable names comes first, as in the local stack. */
async function placeOf(config: ClientConfig, region: string) {
  const named = process.env[`AWS_ENDPOINT_URL_${config.serviceId.toUpperCase().replaceAll(" ", "_")}`];
  return {
    Region: region,
    UseFIPS: await config.useFipsEndpoint(),
    UseDualStack: await config.useDualstackEndpoint(),
    UseGlobalEndpoint: false,
    ...(named && { Endpoint: named }),
  };
}

/** What CloudTrail shows, written as the SDK writes it. */
async function userAgent(config: ClientConfig): Promise<Record<string, string>> {
  const sections = (await config.defaultUserAgentProvider()).map(([name, version = ""]) => {
    const told = name.startsWith("api/") ? name.toLowerCase() : name;
    return [told, version && `${told.includes("/") ? "#" : "/"}${version}`]
      .join("")
      .replace(/[^\w!#$%&'*+./^`|~-]/g, "-");
  });
  return { "user-agent": sections.join(" "), "x-amz-user-agent": sections[0] ?? "" };
}
