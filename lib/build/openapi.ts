import * as z from "zod";
import {
  createDocument,
  createSchema,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
} from "zod-openapi";
import { idempotencyKeyHeader, idempotencyKeyValue } from "../../contract/idempotency-key.ts";
import { instanceQuery, tagLimits } from "../../contract/instance.ts";
import { operations, tags } from "../../contract/operations.ts";
import { ifMatchHeader, ifMatchValue, ifNoneMatchHeader, ifNoneMatchValue } from "../../contract/precondition.ts";
import { problemDocument } from "../../contract/problem.ts";
import { type ApiRoute, type RouteName, routes } from "../../contract/routes.ts";
import { headers, problemResponses, responsesOf } from "./openapi-responses.ts";

const description = `Gives people, bots and workflows SSH access to EC2 instances, with keys that live sixty seconds.

Objects are closed: a field, a query parameter or a JSON name that is not described here, or comes twice, is refused. Times are ISO 8601 in UTC.
A request that is wrong in several ways gets the first of these verdicts: 401 or 403 for the signature or token, 404 or 405 for path and method,
400, 413 or 415 for the request, 404 for what the caller may not see, 403 for what they may not do, 409 for the state of things.
A path that is not described here gets the response \`not-found\`, a method that is not gets \`method-not-allowed\`.`;

/** Makes the API's OpenAPI document from the route table and the contract's schemas. */
export function makeOpenApi(): ReturnType<typeof createDocument> {
  return createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Latchkey",
        summary: "SSH access to EC2 instances with keys that live sixty seconds",
        description,
        version: "1",
        license: { name: "Apache License 2.0", identifier: "Apache-2.0" },
      },
      servers: [
        {
          url: "https://{apiId}.execute-api.{region}.amazonaws.com/live",
          description: "Your own AWS account. The stack's output has the whole URL.",
          variables: {
            apiId: { default: "a1b2c3d4e5", description: "The id of the REST API." },
            region: { default: "us-east-1", description: "The region that the stack is deployed in." },
          },
        },
        { url: "http://127.0.0.1:8080", description: "The local stack: `npm start`." },
      ],
      tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
      paths: makePaths(),
      components: {
        securitySchemes: {
          sigV4: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            description:
              "AWS Signature Version 4, service `execute-api`, by the credentials of an IAM role. `curl --aws-sigv4 aws:amz:REGION:execute-api` makes it, and so does every AWS SDK.",
            "x-amazon-apigateway-authtype": "awsSigv4",
          },
          bearer: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description:
              "At the OIDC front door, which has a URL of its own: an access token of an OpenID provider in the stack's settings.",
          },
        },
        schemas: { Problem: problemDocument },
        headers,
        responses: problemResponses(),
      },
    },
    // No schema differs between requests and responses, so each has one name.
    { override: tellDefaults, outputIdSuffix: "" },
  );
}

/** The format is enough without the pattern that zod adds. */
const dropFormatPatterns: ZodOpenApiOverride = ({ jsonSchema }) => {
  if (jsonSchema.format) delete jsonSchema.pattern;
};

/**
 * Says a default in words alone: for openapi-typescript a field with a default is always there, so callers of its types
 * would have to send it.
 */
const tellDefaults: ZodOpenApiOverride = (context) => {
  dropFormatPatterns(context);
  const { jsonSchema } = context;
  if (jsonSchema.default === undefined) return;
  jsonSchema.description = `${jsonSchema.description} Default: \`${jsonSchema.default}\`.`;
  delete jsonSchema.default;
};

/** OpenAPI names methods in lower case. */
const pathMethods = { GET: "get", POST: "post", PUT: "put", DELETE: "delete" } as const satisfies Record<
  ApiRoute["method"],
  string
>;

function makePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, route] of Object.entries<ApiRoute>(routes)) {
    // Object.entries loses the type of the keys.
    paths[route.path] = { ...paths[route.path], [pathMethods[route.method]]: makeOperation(name as RouteName, route) };
  }
  return paths;
}

function makeOperation(name: RouteName, route: ApiRoute): ZodOpenApiOperationObject {
  const { tag, summary, description } = operations[name];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description,
    security: route.authentication === "caller" ? [{ sigV4: [] }, { bearer: [] }] : [],
    parameters: [
      ...makeParameters("path", route.params),
      ...makeParameters("query", route.query),
      ...(route.isIdempotent ? makeParameters("header", idempotencyHeaders) : []),
      ...(route.isVersioned && route.method === "PUT" ? makeParameters("header", preconditionHeaders) : []),
    ],
    ...(route.body && {
      requestBody: { required: !route.isBodyOptional, content: { "application/json": { schema: route.body } } },
    }),
    responses: responsesOf(name),
  };
}

const idempotencyHeaders = z.object({ [idempotencyKeyHeader]: idempotencyKeyValue.optional() });
const preconditionHeaders = z.object({
  [ifMatchHeader]: ifMatchValue.optional(),
  [ifNoneMatchHeader]: ifNoneMatchValue.optional(),
});

/** Describes a parameter by its parsed type: a number, not the text in the path or query. */
function makeParameters(location: "path" | "query" | "header", { shape }: z.ZodObject): oas31.ParameterObject[] {
  return Object.entries(shape).map(([name, schema]) => {
    if (schema === instanceQuery.shape.tags) return tagParameter;
    const { schema: described } = createSchema(schema, { io: "output", opts: { override: dropFormatPatterns } });
    // No schema of a parameter is a boolean.
    const { description, ...rest } = described as Exclude<oas31.SchemaObject, boolean>;
    const required = !z.safeParse(schema, undefined).success;
    return { name, in: location, required, ...(description !== undefined && { description }), schema: rest };
  });
}

/**
 * OpenAPI has no parameters with variable names. The nearest is a deep object: `{env: "dev"}` is sent as `tag[env]=dev`. Clients
 * that ignore the style of a parameter (openapi-fetch) send objects so too; they would send those of another style wrong.
 */
const tagParameter: oas31.ParameterObject = {
  name: "tag",
  in: "query",
  required: false,
  description: instanceQuery.shape.tags.description ?? "",
  style: "deepObject",
  explode: true,
  schema: {
    type: "object",
    maxProperties: tagLimits.count,
    propertyNames: { minLength: 1, maxLength: tagLimits.keyLength },
    additionalProperties: { type: "string", maxLength: tagLimits.valueLength },
  },
  example: { env: "dev", team: "payments" },
};
