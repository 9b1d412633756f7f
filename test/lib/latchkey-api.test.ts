import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type GatewayResponse, gatewayResponses } from "../../contract/gateway-responses.ts";
import { problemDocument, problems } from "../../contract/problem.ts";
import {
  type ApiRoute,
  catchAllFunction,
  type FunctionName,
  routes,
  workerFunctionNames,
} from "../../contract/routes.ts";
import { deployedMethods, deployedPaths } from "../support/deployed-methods.ts";
import { synthesize } from "../support/synthesized-stack.ts";

const gatewayResponse = z.object({
  ResponseType: z.string(),
  StatusCode: z.string(),
  ResponseParameters: z.record(z.string(), z.string()),
  ResponseTemplates: z.strictObject({ "application/json": z.string() }),
});

const stack = synthesize({});

const paths = () => deployedPaths(stack);
const methods = () => deployedMethods(stack);
const titled = (name: FunctionName) => name.charAt(0).toUpperCase() + name.slice(1);
const table: readonly ApiRoute[] = Object.values(routes);

describe("methods", () => {
  test("only health and the API's own description are for callers without a signature", () => {
    const open = Object.entries(methods()).filter(([, [authorization]]) => authorization !== "AWS_IAM");
    expect(Object.fromEntries(open)).toEqual({
      "GET /v1/health": ["NONE", "Service"],
      "GET /v1/openapi.json": ["NONE", "Service"],
    });
  });

  test("every resource has a catch-all under IAM, those on the way to others too", () => {
    const everywhere = ["/", ...paths().values()];
    expect(everywhere).toEqual(expect.arrayContaining(["/{proxy+}", "/v1"]));
    const found = methods();
    for (const path of everywhere) {
      expect([path, found[`ANY ${path}`]]).toEqual([path, ["AWS_IAM", titled(catchAllFunction)]]);
    }
  });

  test.each(table.map((route) => [route.method, route.path, route] as const))("%s %s is a route", (_, __, route) => {
    const authorization = route.authentication === "iam" ? "AWS_IAM" : "NONE";
    expect(methods()[`${route.method} ${route.path}`]).toEqual([authorization, titled(route.function)]);
  });

  test("none leads to a function that works behind the API", () => {
    const served = new Set(Object.values(methods()).map(([, name]) => name));
    expect(workerFunctionNames.map(titled).filter((name) => served.has(name))).toEqual([]);
  });

  test("there are no others", () => {
    const known = [
      ...["/", ...paths().values()].map((path) => `ANY ${path}`),
      ...table.map((route) => `${route.method} ${route.path}`),
    ];
    expect(Object.keys(methods()).sort()).toEqual(known.sort());
  });

  test("none can be invoked from the console's test page", () => {
    const permissions = stack.all(
      "AWS::Lambda::Permission",
      z.object({ SourceArn: z.string(), Principal: z.string() }),
    );
    for (const { properties } of permissions) {
      expect(properties.SourceArn).not.toContain("test-invoke-stage");
    }
  });
});

describe("API Gateway's own responses", () => {
  const responses = () => stack.all("AWS::ApiGateway::GatewayResponse", gatewayResponse).map((each) => each.properties);

  test("every type has a problem document", () => {
    const types = stack.gatewayResponseTypes;
    expect(types.length).toBeGreaterThan(20);
    expect(
      responses()
        .map((each) => each.ResponseType)
        .sort(),
    ).toEqual([...types].sort());
  });

  test.each(Object.entries(gatewayResponses))("%s is %s, with its status and our headers", (type, code) => {
    const response = responses().find((each) => each.ResponseType === (type as GatewayResponse));
    const kind: { status: number; retryAfter?: number } = problems[code];
    expect(response?.StatusCode).toBe(String(kind.status));
    expect(response?.ResponseParameters).toEqual({
      "gatewayresponse.header.Cache-Control": "'no-store'",
      "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
      "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
      "gatewayresponse.header.Content-Security-Policy": "'default-src 'none''",
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
      "gatewayresponse.header.X-Request-Id": "context.requestId",
      ...(kind.retryAfter !== undefined && { "gatewayresponse.header.Retry-After": `'${kind.retryAfter}'` }),
    });
    const document = problemDocument.parse(JSON.parse(response?.ResponseTemplates["application/json"] ?? "{}"));
    expect(document).toMatchObject({ code, status: kind.status, requestId: "$context.requestId" });
  });
});
