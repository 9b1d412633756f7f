import type { ServerResponse } from "node:http";
import type { APIGatewayProxyResult } from "aws-lambda";

/** Writes what a function returned, as the proxy integration does. */
export function writeResult(
  response: ServerResponse,
  { statusCode, headers = {}, multiValueHeaders = {}, body, isBase64Encoded }: APIGatewayProxyResult,
): void {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  for (const [name, values] of Object.entries(multiValueHeaders)) response.setHeader(name, values.map(String));
  response.writeHead(statusCode, { "Content-Length": bytes.length }).end(bytes);
}
