import { securityHeaders } from "./headers.ts";
import { idempotencyKeyHeader } from "./idempotency-key.ts";
import { ifMatchHeader, ifNoneMatchHeader } from "./precondition.ts";
import { type ApiRoute, routes } from "./routes.ts";

/** The stage variable that tells functions the one origin whose pages may read the front door's responses. */
export const corsOriginVariable = "corsOrigin";

/** What a page may read of a response, beside what browsers show it anyway. */
export const exposedHeaders = ["Allow", "ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Request-Id"];

/** Without `Vary`: the headers name the same origin in every response, and no response is stored. */
export function corsHeaders(origin: string): Record<string, string> {
  return { "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": exposedHeaders.join(", ") };
}

/** The headers of the response by which a browser learns what a page of this origin may send. */
export function preflightHeaders(origin: string): Record<string, string> {
  const table: readonly ApiRoute[] = Object.values(routes);
  return {
    ...securityHeaders,
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": listed(table.map(({ method }) => method)),
    "Access-Control-Allow-Headers": listed(table.flatMap(requestHeadersOf)),
    // Seconds: until a browser hears that the setting has changed.
    "Access-Control-Max-Age": "600",
  };
}

/** The headers of a route's requests that a page cannot send unless it is allowed to. */
function requestHeadersOf(route: ApiRoute): string[] {
  return [
    ...(route.authentication === "caller" ? ["Authorization"] : []),
    ...(route.body ? ["Content-Type"] : []),
    ...(route.isIdempotent ? [idempotencyKeyHeader] : []),
    ...(route.isVersioned && route.method === "PUT" ? [ifMatchHeader, ifNoneMatchHeader] : []),
  ];
}

const listed = (names: readonly string[]) => [...new Set(names)].sort().join(", ");
