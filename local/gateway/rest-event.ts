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
  readonly now: Date;
}

/**
 * The event of a REST API for a Lambda proxy integration: path parameters percent-encoded, query parameters decoded, header names
 * in their original case, every multi-value form beside the last value, absent parts null. Without binary media types a body is passed on as text and `isBase64Encoded` is false.
 */
export function restEvent(request: AcceptedRequest): APIGatewayProxyEvent {
  const { method, target, body, resource, pathParameters } = request;
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = gather(queryStart < 0 ? [] : [...new URLSearchParams(target.slice(queryStart + 1))]);
  const headers = gather(pairs(request.rawHeaders));
  return {
    resource,
    path,
    httpMethod: method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters,
    stageVariables: null,
    body: body.length > 0 ? body.toString("utf8") : null,
    isBase64Encoded: false,
    requestContext: contextOf(request, path),
  };
}

function contextOf(request: AcceptedRequest, path: string): APIGatewayProxyEvent["requestContext"] {
  const { method, resource, requestId, userArn, sourceIp, now } = request;
  return {
    accountId: account,
    apiId: "local",
    authorizer: null,
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
