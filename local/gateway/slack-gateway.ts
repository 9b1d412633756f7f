import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { APIGatewayProxyResult } from "aws-lambda";
import { slackRoutes } from "../../lib/slack-routes.ts";
import type { Functions } from "../functions/functions.ts";
import { hasLoopbackHost, listenFrom, type RunningServer, readBody } from "../shared/loopback-server.ts";
import { maxBodySize } from "./gateway.ts";
import { restEvent } from "./rest-event.ts";
import { writeResult } from "./write-result.ts";

/**
 * Starts the REST API of the Slack app, whose functions themselves find out who calls.
 *
 * @param port taken, or else the next free one; 0 for any.
 * @param onRequest receives the body of each request to `/slack`, before the function does.
 */
export function startSlackGateway(
  port: number,
  functions: () => Pick<Functions, "slack" | "link">,
  onRequest: (body: string) => void,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => {
        console.error("The local gateway of the Slack app failed:", error);
        return refusal(502, "Internal server error");
      })
      .then((result) => writeResult(response, result), console.error);
  });
  return listenFrom(server, port);

  async function answer(request: IncomingMessage): Promise<APIGatewayProxyResult> {
    const { method = "", url: target = "", rawHeaders, socket } = request;
    const body = await readBody(request, maxBodySize);
    if (!body) return refusal(413, "Request Too Long");
    const [path = ""] = target.split("?");
    const [, , name] = slackRoutes.find(([verb, route]) => verb === method && `/${route}` === path) ?? [];
    // API Gateway's response to what it has no method for.
    if (!name || !hasLoopbackHost(request)) return refusal(403, "Missing Authentication Token");
    if (name === "slack") onRequest(body.toString("utf8"));
    const event = restEvent({
      ...{ method, target, rawHeaders, body, requestId: randomUUID(), now: new Date() },
      ...{ resource: path, pathParameters: null, userArn: null, sourceIp: socket.remoteAddress ?? "127.0.0.1" },
    });
    return functions()[name].invoke(event);
  }
}

const refusal = (statusCode: number, message: string): APIGatewayProxyResult => ({
  statusCode,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ message }),
});
