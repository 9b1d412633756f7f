import type { APIGatewayProxyResult } from "aws-lambda";
import { securityHeaders } from "../../contract/headers.ts";
import { problemHeaders, problemOf } from "../../contract/problem.ts";
import type { Problem } from "../shared/problem.ts";

export function respond(status: number, response: unknown, requestId: string): APIGatewayProxyResult {
  return result(status, { "Content-Type": "application/json" }, response, requestId);
}

export function respondProblem(problem: Problem, requestId: string): APIGatewayProxyResult {
  const document = problemOf(problem.code, requestId, problem);
  return result(document.status, { ...problemHeaders(problem.code), ...problem.headers }, document, requestId);
}

function result(
  statusCode: number,
  headers: Record<string, string>,
  body: unknown,
  requestId: string,
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { ...securityHeaders, ...headers, "X-Request-Id": requestId },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
