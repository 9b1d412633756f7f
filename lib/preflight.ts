import { AuthorizationType, type IResource, MockIntegration } from "aws-cdk-lib/aws-apigateway";
import { preflightHeaders } from "../contract/cors.ts";

/** Lets API Gateway itself tell browsers, which send no token with this question, what pages of the origin may send. */
export function addPreflights(resources: Iterable<IResource>, origin: string): void {
  const headers = Object.entries(preflightHeaders(origin)).map(([name, value]) => [name, `'${value}'`] as const);
  const mapped = [...headers, ["X-Request-Id", "context.requestId"] as const].map(
    ([name, source]) => [`method.response.header.${name}`, source] as const,
  );
  const statusCode = "204";
  const integration = new MockIntegration({
    requestTemplates: { "application/json": `{"statusCode":${statusCode}}` },
    integrationResponses: [{ statusCode, responseParameters: Object.fromEntries(mapped) }],
  });
  const responseParameters = Object.fromEntries(mapped.map(([name]) => [name, true]));
  for (const resource of resources) {
    resource.addMethod("OPTIONS", integration, {
      authorizationType: AuthorizationType.NONE,
      methodResponses: [{ statusCode, responseParameters }],
    });
  }
}
