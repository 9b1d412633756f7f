import type { APIGatewayProxyResult } from "aws-lambda";
import { securityHeaders } from "../../contract/headers.ts";
import { problemHeaders, problemOf } from "../../contract/problem.ts";
import type { ApiRoute } from "../../contract/routes.ts";
import type { Versioned } from "../shared/precondition.ts";
import type { Problem } from "../shared/problem.ts";
import { entityTag } from "./precondition.ts";

/** A successful response. If the route is versioned, the response's `revision` becomes its ETag. */
export function respond(
  { status, location, isVersioned = false }: Pick<ApiRoute, "status" | "location" | "isVersioned">,
  response: unknown,
  requestId: string,
): APIGatewayProxyResult {
  const headers = {
    "Content-Type": "application/json",
    ...(location !== undefined && { Location: filled(location, response) }),
  };
  if (!isVersioned) return result(status, headers, response, requestId);
  const { revision, ...body } = response as Versioned;
  return result(status, { ...headers, ETag: entityTag(revision) }, body, requestId);
}

/** Puts fields of the response into a template such as `access-requests/{id}`. */
function filled(template: string, response: unknown): string {
  const fields = new Map(Object.entries(response ?? {}));
  return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(fields.get(name))));
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
