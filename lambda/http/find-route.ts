import { type ApiRoute, type RouteName, routes } from "../../contract/routes.ts";
import { Problem } from "../shared/problem.ts";

const table: readonly (readonly [string, ApiRoute])[] = Object.entries(routes);

/** The route of a resource and a method, as API Gateway names them; undefined behind a catch-all. */
export function findRoute(resource: string, method: string): { name: RouteName; route: ApiRoute } | undefined {
  const found = table.find(([, route]) => route.path === resource && route.method === method);
  // Object.entries loses the type of the keys.
  return found && { name: found[0] as RouteName, route: found[1] };
}

/** For a request that matches no route: 405 with the methods of its path, or 404. */
export function noRoute(resource: string): Problem {
  const methods = table.flatMap(([, route]) => (route.path === resource ? [route.method] : []));
  return methods.length > 0
    ? new Problem("method-not-allowed", { headers: { Allow: methods.join(", ") } })
    : new Problem("not-found");
}
