import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { account } from "../shared/account.ts";
import type { ResourceMatch } from "./match-resource.ts";

export interface AcceptedRequest extends ResourceMatch {
  readonly method: string;
  /** The request target as on the wire: path and query. */
  readonly target: string;
  /** Alternating names and values, in the case and order of the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  /** The signer; null on a route without authentication. */
  readonly userArn: string | null;
  /** What the authorizer of the OIDC door returned. */
  readonly authorizer?: Readonly<Record<string, unknown>> | undefined;
  readonly stageVariables?: Record<string, string> | undefined;
  readonly now: Date;
}

/**
 * The event of a REST API for a Lambda proxy integration: path parameters percent-encoded, query parameters decoded, header names
 * in their original case, every multi-value form beside the last value, absent parts null. Without binary media types a body is passed on as text and `isBase64Encoded` is false.
 */
export function restEvent(request: AcceptedRequest): APIGatewayProxyEvent {
  const { target, body } = request;
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  return proxyEvent({
    ...request,
    path,
    query: gather(queryStart < 0 ? [] : [...new URLSearchParams(target.slice(queryStart + 1))]),
    headers: gather(pairs(request.rawHeaders)),
    body: body.length > 0 ? body.toString("utf8") : null,
    isBase64Encoded: false,
  });
}

/** A request, taken apart as the proxy integration delivers it. */
export interface ProxyRequest
  extends Pick<
    AcceptedRequest,
    | "resource"
    | "pathParameters"
    | "method"
    | "sourceIp"
    | "requestId"
    | "userArn"
    | "authorizer"
    | "stageVariables"
    | "now"
  > {
  readonly path: string;
  readonly query: Record<string, string[]>;
  readonly headers: Record<string, string[]>;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

export function proxyEvent(request: ProxyRequest): APIGatewayProxyEvent {
  const { resource, path, method, pathParameters, query, headers, body, isBase64Encoded } = request;
  return {
    resource,
    path,
    httpMethod: method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters,
    stageVariables: request.stageVariables ?? null,
    body,
    isBase64Encoded,
    requestContext: contextOf(request),
  };
}

function contextOf(request: ProxyRequest): APIGatewayProxyEvent["requestContext"] {
  const { method, path, resource, requestId, userArn, authorizer = null, sourceIp, now } = request;
  return {
    accountId: account,
    apiId: "local",
    authorizer,
    protocol: "HTTP/1.1",
    httpMethod: method,
    path,
    resourcePath: resource,
    resourceId: "local",
    stage: "local",
    requestId,
    extendedRequestId: randomUUID(),
    requestTimeEpoch: now.getTime(),
    identity: {
      accessKey: null,
      accountId: userArn === null ? null : account,
      apiKey: null,
      apiKeyId: null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp,
      user: null,
      userAgent: null,
      userArn,
    },
  };
}

function gather(entries: readonly (readonly [string, string])[]): Record<string, string[]> {
  const gathered = new Map<string, string[]>();
  for (const [name, value] of entries) gathered.set(name, [...(gathered.get(name) ?? []), value]);
  return Object.fromEntries(gathered);
}

function lastOf(gathered: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(gathered).map(([name, values]) => [name, values.at(-1) ?? ""]));
}

function orNull<T extends object>(record: T): T | null {
  return Object.keys(record).length > 0 ? record : null;
}

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : []));
}
