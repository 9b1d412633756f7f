import { longestAccess } from "../contract/access-request.ts";
import { instanceId, osUser, reason } from "../contract/fields.ts";
import { type ProblemCode, problemDocument, problems } from "../contract/problem.ts";
import { type ApiRoute, type RouteName, routes } from "../contract/routes.ts";
import type { JsonSchema } from "./json-schema.ts";
import { schemaOf } from "./schema-of.ts";

/** What the client has to know of a route. */
export interface ClientRoute extends Pick<ApiRoute, "method" | "path" | "authentication"> {
  readonly isIdempotent: boolean;
  readonly response: JsonSchema;
}

interface ClientContract {
  readonly routes: Readonly<Record<RouteName, ClientRoute>>;
  readonly problem: JsonSchema;
  /** What the API tells of a problem where the case at hand has nothing better. */
  readonly usualDetails: Readonly<Record<ProblemCode, string>>;
  readonly instanceId: JsonSchema;
  readonly osUser: JsonSchema;
  readonly reason: JsonSchema;
  /** Seconds. */
  readonly longestAccess: number;
}

/**
 * The contract as plain data: its schemas as JSON Schema. The bundler runs this module and puts what it exports in its place, so that
 * the client starts without zod.
 */
const contract: ClientContract = {
  routes: mapValues(routes, ({ method, path, authentication, response, isIdempotent = false }: ApiRoute) => ({
    method,
    path,
    authentication,
    isIdempotent,
    response: schemaOf(response),
  })),
  problem: schemaOf(problemDocument),
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
