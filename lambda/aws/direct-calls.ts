import type { HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { type RetryResolvedConfig, retryMiddleware } from "@smithy/core/retry";
import { operation } from "@smithy/core/schema";
import { SignatureV4 } from "@smithy/signature-v4";

/** The credentials of a session. */
export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

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
  readonly sha256: ConstructorParameters<typeof SignatureV4>[0]["sha256"];
  readonly httpAuthSchemes: readonly { readonly schemeId: string; readonly signer: Signer }[];
  readonly httpAuthSchemeProvider: (parameters: object) => readonly {
    readonly schemeId: string;
    readonly signingProperties?: { readonly name?: string };
  }[];
  readonly protocol: {
    serializeRequest(operation: object, input: object, context: object): Promise<HttpRequest>;
    deserializeResponse(operation: object, context: object, response: HttpResponse): Promise<{ $metadata: object }>;
  };
  readonly requestHandler: {
    handle(request: HttpRequest, options: { abortSignal?: AbortSignal }): Promise<{ response: HttpResponse }>;
  };
  systemClockOffset: number;
}

/** The SDK's, which corrects a wrong clock by what AWS responds. */
interface Signer {
  sign(request: HttpRequest, identity: object, properties: object): Promise<HttpRequest>;
  errorHandler(properties: object): (error: Error) => never;
  successHandler(response: HttpResponse, properties: object): void;
}

const sigV4 = "aws.auth#sigv4";

/**
 * Replaces a client's chain of middleware, which took a fifth of a connection's CPU (docs/bench.md). What remains is the
 * SDK's own: protocol, endpoint by region, partition and FIPS, retries, signature, correction of the clock, and name in
 * CloudTrail.
 */
export function callDirectly<Client extends { readonly config: object }>(client: Client): Client {
  // The types of a client's configuration leave out what only the SDK uses.
  return Object.assign(client, { send: senderOf(client.config as ClientConfig) });
}

function senderOf(config: ClientConfig) {
  let prepared: ReturnType<typeof prepare> | undefined;
  const retry = retryMiddleware(config);
  return async ({ schema, input }: Command, { abortSignal, credentials, beforeAttempt }: CallOptions = {}) => {
    prepared ??= prepare(config);
    const { endpoint, headers, signer, signingOf } = await prepared;
    const [, ...described] = schema;
    const called = operation(...described);
    const request = await config.protocol.serializeRequest(called, input, { endpoint });
    Object.assign(request.headers, headers, { "content-length": String(Buffer.byteLength(request.body)) });
    const attempt = async () => {
      beforeAttempt?.();
      const signing = signingOf(credentials ?? config.credentials);
      const signed = await signer.sign(request, {}, signing);
      try {
        const { response } = await config.requestHandler.handle(signed, { ...(abortSignal && { abortSignal }) });
        const output = await config.protocol
          .deserializeResponse(called, config, response)
          .catch((error: Error) => Promise.reject(withResponse(error, response)));
        signer.successHandler(response, signing);
        return { response, output };
      } catch (error) {
        return signer.errorHandler(signing)(error as Error);
      }
    };
    const { output } = await retry(attempt, { __smithy_context: { ...(abortSignal && { abortSignal }) } })({
      input,
      request,
    });
    return output;
  };
}

/** An error with what decides about a retry (the response's status, and when it asks to call again) and the id for the log. */
function withResponse(error: Error, response: HttpResponse): Error {
  const requestId = response.headers["x-amzn-requestid"];
  const $metadata = { httpStatusCode: response.statusCode, ...(requestId !== undefined && { requestId }) };
  if (!("$metadata" in error)) Object.assign(error, { $metadata });
  // Hidden, so that nothing logs it: it leads to the request's signature and session token. The SDK's own errors have the
  // property already, as one to enumerate, which it would remain.
  return Object.defineProperty(error, "$response", { value: response, enumerable: false });
}

/** What a client's calls have in common. It waits for the first one, as the SDK does. */
async function prepare(config: ClientConfig) {
  const region = await config.region();
  const place = await placeOf(config, region);
  const { url } = config.endpointProvider(place);
  const schemes = config.httpAuthSchemeProvider({ region, ...place });
  const service = schemes.find(({ schemeId }) => schemeId === sigV4)?.signingProperties?.name;
  const signer = config.httpAuthSchemes.find(({ schemeId }) => schemeId === sigV4)?.signer;
  if (!service || !signer) throw new Error(`${config.serviceId} takes no signature of version 4`);
  return {
    endpoint: async () => ({ url }),
    headers: { host: url.host, ...(await userAgent(config)) },
    signer,
    signingOf: (credentials: SessionKeys | ClientConfig["credentials"]) => ({
      context: {},
      signingRegion: region,
      signingName: service,
      config: {
        signer: async () => new SignatureV4({ credentials, region, service, sha256: config.sha256 }),
        // The client's, so that a correction holds for all of its calls.
        get systemClockOffset() {
          return config.systemClockOffset;
        },
        set systemClockOffset(offset) {
          config.systemClockOffset = offset;
        },
      },
    }),
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
