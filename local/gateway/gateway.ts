import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { APIGatewayProxyResult } from "aws-lambda";
import { catchAllFunction } from "../../contract/routes.ts";
import { findRoute } from "../../lambda/http/find-route.ts";
import type { ApiFunctions } from "../functions/functions.ts";
import { hasLoopbackHost, listen, type RunningServer, readBody } from "../shared/loopback-server.ts";
import { authenticate } from "./authenticate.ts";
import { gatewayAnswer } from "./gateway-answer.ts";
import { answerMalformed, maxHeadSize } from "./malformed-requests.ts";
import { matchResource } from "./match-resource.ts";
import { restEvent } from "./rest-event.ts";

/** Bytes: API Gateway's own limit on a payload. */
const maxBodySize = 10 * 1024 * 1024;

/** Starts what stands for API Gateway: judges the signature, makes the event, invokes the function, writes its answer. */
export async function startGateway(port: number, functions: ApiFunctions): Promise<RunningServer> {
  // A request without a Host is answered below: Node's own answer has no body.
  const server = createServer({ maxHeaderSize: maxHeadSize, requireHostHeader: false }, (request, response) => {
    const requestId = randomUUID();
    answer(request, requestId, functions)
      .catch((error: unknown) => {
        // It has been answered as malformed, or its sender has gone.
        if (request.errored) return gatewayAnswer("DEFAULT_4XX", requestId);
        console.error("The local gateway failed:", error);
        return gatewayAnswer("DEFAULT_5XX", requestId);
      })
      .then((result) => write(response, result), console.error);
  });
  // Whatever a request expects but 100-continue, which Node sees to.
  server.on("checkExpectation", (_, response) => write(response, gatewayAnswer("DEFAULT_4XX", randomUUID())));
  answerMalformed(server);
  return listen(server, port);
}

async function answer(
  request: IncomingMessage,
  requestId: string,
  functions: ApiFunctions,
): Promise<APIGatewayProxyResult> {
  const { method = "", url: target = "", rawHeaders, headersDistinct, socket } = request;
  const body = await readBody(request, maxBodySize);
  // RFC 9112, section 3.2.
  if (headersDistinct["host"]?.length !== 1) return gatewayAnswer("DEFAULT_4XX", requestId);
  if (!hasLoopbackHost(request)) return gatewayAnswer("ACCESS_DENIED", requestId);
  if (!body) return gatewayAnswer("REQUEST_TOO_LARGE", requestId);
  const { resource, pathParameters } = matchResource(target);
  const route = findRoute(resource, method)?.route;
  const identity = route?.authentication === "none" ? { userArn: null } : authenticate(request, body, new Date());
  if ("refused" in identity) return gatewayAnswer(identity.refused, requestId);
  const event = restEvent({
    method,
    target,
    rawHeaders,
    body,
    sourceIp: socket.remoteAddress ?? "127.0.0.1",
    resource,
    pathParameters,
    requestId,
    userArn: identity.userArn,
    now: new Date(),
  });
  return functions[route?.function ?? catchAllFunction].invoke(event).catch((fault: unknown) => {
    console.error("A function failed:", fault);
    return gatewayAnswer("INTEGRATION_FAILURE", requestId);
  });
}

function write(
  response: ServerResponse,
  { statusCode, headers = {}, body, isBase64Encoded }: APIGatewayProxyResult,
): void {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.writeHead(statusCode, { "Content-Length": bytes.length }).end(bytes);
}
