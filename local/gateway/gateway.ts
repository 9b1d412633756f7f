import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { APIGatewayProxyResult } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { corsOriginVariable, preflightHeaders } from "../../contract/cors.ts";
import type { GatewayResponse } from "../../contract/gateway-responses.ts";
import { catchAllFunction } from "../../contract/routes.ts";
import { findRoute } from "../../lambda/http/find-route.ts";
import type { Functions } from "../functions/functions.ts";
import { hasLoopbackHost, listen, listenFrom, type RunningServer, readBody } from "../shared/loopback-server.ts";
import { type Authentication, authenticate } from "./authenticate.ts";
import { gatewayResponse } from "./gateway-response.ts";
import { maxHeadSize, respondToMalformed } from "./malformed-requests.ts";
import { matchResource } from "./match-resource.ts";
import { restEvent } from "./rest-event.ts";
import { tokenDoor } from "./token-door.ts";
import { writeResult } from "./write-result.ts";

/** Bytes: API Gateway's limit on a payload. */
export const maxBodySize = 10 * 1024 * 1024;

interface Door {
  readonly name: Caller["frontDoor"];
  readonly functions: Functions;
  /** Whose pages may call it. */
  readonly corsOrigin?: string | undefined;
  authenticate(this: void, request: IncomingMessage, body: Buffer, now: Date): Promise<Authentication>;
}

/** Starts the IAM door. @param port 0 takes any free one. */
export const startGateway = (port: number, functions: Functions): Promise<RunningServer> =>
  listen(doorOf({ name: "iam", functions, authenticate }), port);

/** Starts the OIDC door, on the port or the next one that is free. @param corsOrigin whose pages may call it */
export const startTokenGateway = (port: number, functions: Functions, corsOrigin?: string): Promise<RunningServer> =>
  listenFrom(doorOf({ name: "oidc", functions, corsOrigin, authenticate: tokenDoor(functions.authorize) }), port);

/** The stand-in for API Gateway: authenticates the caller, makes the event, invokes the function, writes its response. */
function doorOf(door: Door): Server {
  // A request without a Host is refused below: Node's own response has no body.
  const server = createServer({ maxHeaderSize: maxHeadSize, requireHostHeader: false }, (request, response) => {
    const requestId = randomUUID();
    const { corsOrigin } = door;
    answer(request, requestId, door)
      .catch((error: unknown) => {
        // It was refused as malformed, or its sender has gone.
        if (request.errored) return gatewayResponse("DEFAULT_4XX", requestId, { corsOrigin });
        console.error("The local gateway failed:", error);
        return gatewayResponse("DEFAULT_5XX", requestId, { corsOrigin });
      })
      .then((result) => writeResult(response, result), console.error);
  });
  // Any expectation but 100-continue, which Node handles.
  server.on("checkExpectation", (_, response) => writeResult(response, gatewayResponse("DEFAULT_4XX", randomUUID())));
  respondToMalformed(server);
  return server;
}

async function answer(
  request: IncomingMessage,
  requestId: string,
  { name: door, functions, corsOrigin, authenticate: find }: Door,
): Promise<APIGatewayProxyResult> {
  const refuse = (type: GatewayResponse, more = {}) => gatewayResponse(type, requestId, { corsOrigin, ...more });
  const { method = "", url: target = "", rawHeaders, headersDistinct, socket } = request;
  const body = await readBody(request, maxBodySize);
  // RFC 9112, section 3.2.
  if (headersDistinct["host"]?.length !== 1) return refuse("DEFAULT_4XX");
  if (!hasLoopbackHost(request)) return refuse("ACCESS_DENIED");
  if (!body) return refuse("REQUEST_TOO_LARGE");
  if (corsOrigin && method === "OPTIONS") {
    return { statusCode: 204, headers: { ...preflightHeaders(corsOrigin), "X-Request-Id": requestId }, body: "" };
  }
  const { resource, pathParameters } = matchResource(target);
  const route = findRoute(resource, method)?.route;
  const identity = route?.authentication === "none" ? { userArn: null } : await find(request, body, new Date());
  if ("refused" in identity) return refuse(identity.refused, { door, refusal: identity.refusal });
  const event = restEvent({
    method,
    target,
    rawHeaders,
    body,
    sourceIp: socket.remoteAddress ?? "127.0.0.1",
    resource,
    pathParameters,
    requestId,
    ...identity,
    ...(corsOrigin && { stageVariables: { [corsOriginVariable]: corsOrigin } }),
    now: new Date(),
  });
  return functions[route?.function ?? catchAllFunction].invoke(event).catch((fault: unknown) => {
    console.error("A function failed:", fault);
    return refuse("INTEGRATION_FAILURE");
  });
}
