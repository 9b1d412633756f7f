import { longestAccess } from "../contract/access-request.ts";
import { instanceId, osUser, reason } from "../contract/fields.ts";
import { type ProblemCode, problemDocument, problems } from "../contract/problem.ts";
import { type ApiRoute, type RouteName, routes } from "../contract/routes.ts";
import type { JsonSchema } from "./json-schema.ts";
import { openSchema, schemaOf } from "./schema-of.ts";

/** What a client needs to know about a route. */
export interface ClientRoute extends Pick<ApiRoute, "method" | "path" | "authentication"> {
  readonly isIdempotent: boolean;
  /** Whether its response has an ETag, which a PUT sends back. */
  readonly isVersioned: boolean;
  /** The names of its query parameters. */
  readonly query: readonly string[];
  readonly response: JsonSchema;
}

interface ClientContract {
  readonly routes: Readonly<Record<RouteName, ClientRoute>>;
  readonly problem: JsonSchema;
  /** The detail of each problem if the case at hand has no better one. */
  readonly usualDetails: Readonly<Record<ProblemCode, string>>;
  readonly instanceId: JsonSchema;
  readonly osUser: JsonSchema;
  readonly reason: JsonSchema;
  /** Seconds. */
  readonly longestAccess: number;
}

/**
 * The contract as plain data: its schemas as JSON Schema. The bundler runs this module and replaces it with what it
 * exports, so neither the command nor a browser loads zod.
 */
const contract: ClientContract = {
  routes: mapValues(routes, (route: ApiRoute) => ({
    method: route.method,
    path: route.path,
    authentication: route.authentication,
    isIdempotent: route.isIdempotent ?? false,
    isVersioned: route.isVersioned ?? false,
    query: Object.keys(route.query.shape),
    response: openSchema(route.response),
  })),
  problem: openSchema(problemDocument),
  usualDetails: mapValues(problems, ({ detail }) => detail),
  instanceId: schemaOf(instanceId),
  osUser: schemaOf(osUser),
  reason: schemaOf(reason),
  longestAccess,
};

export default contract;

function mapValues<Name extends string, From, To>(record: Readonly<Record<Name, From>>, map: (value: From) => To) {
  const entries = Object.entries<From>(record).map(([name, value]) => [name, map(value)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
