import type { APIGatewayProxyEvent } from "aws-lambda";
import { ifMatchHeader, ifNoneMatchHeader } from "../../contract/precondition.ts";
import type { ApiRoute } from "../../contract/routes.ts";
import type { Precondition } from "../shared/precondition.ts";
import { Problem } from "../shared/problem.ts";

/** A strong entity tag (RFC 9110, section 8.8.3). */
export function entityTag(revision: string): string {
  return `"${revision}"`;
}

/**
 * The request's precondition, if its route needs one. Weak tags never match (RFC 9110, section 13.1.1). `If-Match: *` names no
 * version, so it is no precondition here.
 *
 * @throws Problem `precondition-required` without exactly one precondition.
 */
export function readPrecondition(
  { method, isVersioned = false }: Pick<ApiRoute, "method" | "isVersioned">,
  headers: APIGatewayProxyEvent["multiValueHeaders"],
): Precondition | undefined {
  if (!isVersioned || method !== "PUT") return undefined;
  const tags = valuesOf(headers, ifMatchHeader);
  const none = valuesOf(headers, ifNoneMatchHeader);
  if (tags.length > 0 && none.length === 0 && !tags.includes("*")) {
    return { revisions: tags.flatMap((tag) => /^"([^"]*)"$/.exec(tag)?.[1] ?? []) };
  }
  if (tags.length === 0 && none.length === 1 && none[0] === "*") return { isUnset: true };
  throw new Problem("precondition-required");
}

/** A header's values, of every line of it. */
function valuesOf(headers: APIGatewayProxyEvent["multiValueHeaders"], wanted: string): string[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() === wanted.toLowerCase())
    .flatMap(([, lines = []]) => lines.flatMap((line) => line.split(",")))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}
