import * as z from "zod";
import type { ReadTemplate } from "./synthesized-stack.ts";

const method = z.object({
  HttpMethod: z.string(),
  AuthorizationType: z.string(),
  ResourceId: z.string(),
  RestApiId: z.string(),
  Integration: z.union([
    z.object({ Type: z.literal("AWS_PROXY"), Uri: z.string() }),
    z.object({ Type: z.literal("MOCK") }).transform(() => ({ Uri: "API Gateway" })),
  ]),
});

/** The path of each API resource, by the id that other resources refer to. */
export function deployedPaths(stack: ReadTemplate): Map<string, string> {
  const resources = stack.all("AWS::ApiGateway::Resource", z.object({ ParentId: z.string(), PathPart: z.string() }));
  const pathOf = (id: string): string => {
    const found = resources.find((resource) => resource.id === id);
    return found ? `${pathOf(found.properties.ParentId)}/${found.properties.PathPart}` : "";
  };
  return new Map(resources.map(({ id }) => [id, pathOf(id)]));
}

/** @param api the logical id of a front door's API starts with it. @returns `METHOD path` → how it is authorized, and the function behind it. */
export function deployedMethods(
  stack: ReadTemplate,
  api: "Api" | "OidcApi" | "SlackAppApi" = "Api",
): Record<string, readonly [authorization: string, name: string]> {
  const pathById = deployedPaths(stack);
  const methods = stack
    .all("AWS::ApiGateway::Method", method)
    .filter(({ properties }) => properties.RestApiId.startsWith(api));
  const found = methods.map(({ properties }) => {
    const { HttpMethod, AuthorizationType, ResourceId, Integration } = properties;
    const name = /:function:([A-Z][a-z]+)[0-9A-F]{8}\/invocations$/.exec(Integration.Uri)?.[1] ?? Integration.Uri;
    return [`${HttpMethod} ${pathById.get(ResourceId) ?? "/"}`, [AuthorizationType, name]] as const;
  });
  return Object.fromEntries(found);
}
