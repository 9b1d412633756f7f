import type { oas31, ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from "zod-openapi";
import { securityHeaders } from "../../contract/headers.ts";
import { type Operation, operations } from "../../contract/operations.ts";
import { type ProblemCode, problemHeaders, problems } from "../../contract/problem.ts";
import { type ApiRoute, type RouteName, routeNames, routes } from "../../contract/routes.ts";

/** The headers of responses. */
export const headers: Record<string, oas31.HeaderObject> = {
  ...Object.fromEntries(
    Object.entries(securityHeaders).map(([name, value]) => [
      name,
      { description: "The same in every response.", required: true, schema: { type: "string", const: value } },
    ]),
  ),
  "X-Request-Id": {
    description: "The request's id. The operator finds its log line by it.",
    required: true,
    schema: { type: "string", minLength: 1 },
  },
  "Retry-After": {
    description: "Seconds to wait before trying again.",
    required: true,
    schema: { type: "integer", minimum: 1, maximum: 3600 },
  },
  Location: {
    description: "What was created, as a URL relative to that of the request.",
    required: true,
    schema: { type: "string", format: "uri-reference" },
  },
  ETag: {
    description: "The version of what the response holds. Send it back in If-Match to replace this version only.",
    required: true,
    schema: { type: "string" },
  },
  "WWW-Authenticate": {
    description: "At the OIDC front door: it wants a token.",
    required: false,
    schema: { type: "string" },
  },
  Allow: { description: "The methods of this path.", required: true, schema: { type: "string" } },
};

const usualHeaders = [...Object.keys(securityHeaders), "X-Request-Id"];

const headerRefs = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Every response of a route, by its status. */
export function responsesOf(name: RouteName): ZodOpenApiResponsesObject {
  const route: ApiRoute = routes[name];
  const good: ZodOpenApiResponseObject = {
    description: route.response.description ?? "",
    headers: headerRefs([
      ...usualHeaders,
      ...(route.location === undefined ? [] : ["Location"]),
      ...(route.isVersioned ? ["ETag"] : []),
    ]),
    content: { "application/json": { schema: route.response } },
  };
  const bad = problemGroups(name).map(({ status, id }) => [status, { $ref: `#/components/responses/${id}` }]);
  return { [route.status]: good, ...Object.fromEntries(bad) };
}

/** The responses with a problem: those of the routes, and those of unknown routes. */
export function problemResponses(): Record<string, ZodOpenApiResponseObject> {
  // Object.keys loses the type of the keys.
  const groups = routeNames.flatMap(problemGroups);
  const unrouted = grouped(new Set(["not-found", "method-not-allowed"]));
  return Object.fromEntries([...groups, ...unrouted].map((group) => [group.id, problemResponse(group)]));
}

/** Problems with one status, which OpenAPI has one response for. */
interface ProblemGroup {
  readonly status: number;
  readonly codes: readonly ProblemCode[];
  /** The name of that response. */
  readonly id: string;
}

/** The names of the headers that responses with a problem add to the usual ones. */
function headersOf(code: ProblemCode): readonly string[] {
  const own = Object.keys(problemHeaders(code)).filter((name) => name !== "Content-Type");
  if (code === "unauthenticated") return [...own, "WWW-Authenticate"];
  return code === "method-not-allowed" ? [...own, "Allow"] : own;
}

function problemResponse({ status, codes }: ProblemGroup): ZodOpenApiResponseObject {
  const isAlways = (name: string) => codes.every((code) => headersOf(code).includes(name));
  const added = new Set(codes.flatMap(headersOf));
  const always = [...added].filter(isAlways);
  const sometimes = Object.entries(headers).filter(([name]) => added.has(name) && !isAlways(name));
  const optional = Object.fromEntries(sometimes.map(([name, header]) => [name, { ...header, required: false }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}. ${problems[code].detail}`).join("\n\n"),
    headers: { ...headerRefs([...usualHeaders, ...always]), ...optional },
    content: {
      "application/problem+json": {
        schema: {
          allOf: [
            { $ref: "#/components/schemas/Problem" },
            { properties: { status: { const: status }, code: { enum: [...codes] } } },
          ],
        },
      },
    },
  };
}

function problemGroups(name: RouteName): ProblemGroup[] {
  const route: ApiRoute = routes[name];
  const { problems: own }: Operation = operations[name];
  return grouped(
    new Set([
      ...problemsOfAll,
      ...(route.authentication === "caller" ? problemsOfSigned : []),
      ...(route.body ? problemsOfBodies : []),
      ...(route.isIdempotent ? problemsOfIdempotent : []),
      ...(route.isVersioned && route.method === "PUT" ? problemsOfVersioned : []),
      ...own,
    ]),
  );
}

/** API Gateway returns these for any route, and every route rejects unknown input. */
const problemsOfAll = [
  "invalid-request",
  "not-invokable",
  "payload-too-large",
  "throttled",
  "internal",
  "aws-refused",
  "upstream-failure",
  "deadline-exceeded",
] as const satisfies ProblemCode[];
const problemsOfSigned = [
  "unauthenticated",
  "invalid-signature",
  "access-denied",
  "caller-suspended",
  // The OIDC front door, if the issuer does not return its keys.
  "upstream-unavailable",
] as const satisfies ProblemCode[];
const problemsOfBodies = ["unsupported-media-type"] as const satisfies ProblemCode[];
const problemsOfIdempotent = ["idempotency-in-progress", "idempotency-mismatch"] as const satisfies ProblemCode[];
const problemsOfVersioned = ["precondition-failed", "precondition-required"] as const satisfies ProblemCode[];

function grouped(wanted: ReadonlySet<string>): ProblemGroup[] {
  const codes = Object.keys(problems).filter((code): code is ProblemCode => wanted.has(code));
  const byStatus = Map.groupBy(codes, (code) => problems[code].status);
  return [...byStatus].map(([status, same]) => ({ status, codes: same, id: same.join("-or-") }));
}
