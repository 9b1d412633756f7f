import type { ApiRoute } from "../../contract/routes.ts";
import type { makeOpenApi } from "../../lib/build/openapi.ts";

export const methods = ["GET", "POST", "PUT", "DELETE"] as const satisfies readonly ApiRoute["method"][];

const operations = { GET: "get", POST: "post", PUT: "put", DELETE: "delete" } as const;

type Path = NonNullable<ReturnType<typeof makeOpenApi>["paths"]>[string];

/** The operation of a path and method in the OpenAPI document. */
export const operationOf = (path: Path | undefined, method: ApiRoute["method"]) => path?.[operations[method]];
