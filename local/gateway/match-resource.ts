import { routes } from "../../contract/routes.ts";

export interface ResourceMatch {
  /** The resource's path in API Gateway's notation; `/{proxy+}` is the catch-all. */
  readonly resource: string;
  /** Still percent-encoded, as REST APIs deliver them. */
  readonly pathParameters: Record<string, string> | null;
}

const templates = [...new Set(Object.values(routes).map(({ path }) => path))]
  // A literal segment wins over a parameter.
  .sort((a, b) => a.split("{").length - b.split("{").length);

/** Finds the resource of a request target as a REST API does: by whole segments, the catch-all last. */
export function matchResource(target: string): ResourceMatch {
  const [path = ""] = target.split("?");
  for (const template of templates) {
    const parameters = matchSegments(template.split("/"), path.split("/"));
    if (parameters)
      return { resource: template, pathParameters: Object.keys(parameters).length > 0 ? parameters : null };
  }
  return path === "/"
    ? { resource: "/", pathParameters: null }
    : { resource: "/{proxy+}", pathParameters: { proxy: path.slice(1) } };
}

function matchSegments(template: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (template.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of template.entries()) {
    const actual = path[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(expected)?.[1];
    if (name !== undefined && actual !== "") parameters[name] = actual;
    else if (actual !== expected) return undefined;
  }
  return parameters;
}
