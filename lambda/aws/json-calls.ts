import { setTimeout as pause } from "node:timers/promises";
import { partitionOf } from "../shared/target.ts";
import { CorrectedClock } from "./corrected-clock.ts";
import { defaultProvider } from "./environment-credentials.ts";
import { type AwsResponse, LostConnection, RequestHandler } from "./request-handler.ts";
import { signedHeaders } from "./sigv4.ts";

/** What tells AWS's services apart whose requests are JSON. */
const services = {
  dynamodb: { target: "DynamoDB_20120810", version: "1.0", variable: "DYNAMODB" },
  sqs: { target: "AmazonSQS", version: "1.0", variable: "SQS" },
  secretsmanager: { target: "secretsmanager", version: "1.1", variable: "SECRETS_MANAGER" },
} as const;

type Service = keyof typeof services;

/** Makes one call. Rejects with what `awsProblem` makes a problem of. */
export type JsonCall = (service: Service, operation: string, input: object, signal: AbortSignal) => Promise<object>;

const attempts = 3;

/** Milliseconds before the second attempt at most, and twice as much before the third. */
const firstPause = 50;

/**
 * Calls AWS without the SDK, for a function whose cold start has no time to load it. Requests, signatures, retries and errors are as
 * the SDK's.
 */
export function jsonCalls(region: string): JsonCall {
  const handler = new RequestHandler();
  const clock = new CorrectedClock();
  const credentials = defaultProvider();
  const send = async (service: Service, operation: string, input: object, signal: AbortSignal) => {
    const { protocol, hostname, port, host } = new URL(endpointOf(service, region));
    const { target, version } = services[service];
    const headers = {
      host,
      "content-type": `application/x-amz-json-${version}`,
      "x-amz-target": `${target}.${operation}`,
      "user-agent": "latchkey",
    };
    const request = { method: "POST", path: "/", headers, body: JSON.stringify(input) };
    const signedAt = clock.now();
    const signed = signedHeaders(request, await credentials(), { region, service }, signedAt);
    const { response } = await handler.handle(
      { ...request, protocol, hostname, port: port ? Number(port) : undefined, headers: signed },
      { abortSignal: signal },
    );
    const isCorrected = clock.learnFrom(response, signedAt);
    if (response.statusCode !== 200) throw Object.assign(errorOf(response), { isCorrected });
    return JSON.parse(Buffer.from(response.body).toString()) as object;
  };
  return async (service, operation, input, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(service, operation, input, signal);
      } catch (error) {
        if (attempt === attempts || signal.aborted || !isWorthAnother(error)) throw error;
        if (!(error instanceof LostConnection))
          await pause(Math.random() * firstPause * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  };
}

/** The URL of a service in a region, as the SDK finds it. One that the SDK's environment variable names comes first. */
export function endpointOf(service: Service, region: string): string {
  const named = process.env[`AWS_ENDPOINT_URL_${services[service].variable}`];
  if (named) return named;
  const partition = partitionOf(region);
  // These two have no other names in GovCloud.
  const isPlain = partition === "aws-us-gov" && service !== "secretsmanager";
  const fips = process.env["AWS_USE_FIPS_ENDPOINT"] === "true" && !isPlain ? "-fips" : "";
  return `https://${service}${fips}.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
}

interface CallError extends Error {
  readonly $metadata?: { readonly httpStatusCode: number; readonly requestId: string };
  readonly isCorrected?: boolean;
}

/** Of the shape of the SDK's errors. */
function errorOf({ statusCode, headers, body }: AwsResponse): CallError {
  const requestId = headers["x-amzn-requestid"] ?? "";
  return Object.assign(new Error("AWS refused the call"), {
    name: nameIn(body),
    $metadata: { httpStatusCode: statusCode, requestId },
  });
}

function nameIn(body: Uint8Array): string {
  try {
    const { __type: type } = JSON.parse(Buffer.from(body).toString());
    return String(type).replace(/^.*#/, "");
  } catch {
    return "UnknownError";
  }
}

const transient = /Throttl|RequestLimitExceeded|ProvisionedThroughput|TransactionInProgress/;

/** What the network or a server did, a throttle, or a wrong clock that has been corrected. */
function isWorthAnother(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === "AbortError") return false;
  const { $metadata, isCorrected = false } = error as CallError;
  return !$metadata || $metadata.httpStatusCode >= 500 || transient.test(error.name) || isCorrected;
}
