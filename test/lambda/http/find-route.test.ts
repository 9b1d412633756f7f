import { describe, expect, test } from "@jest/globals";
import { findRoute, noRoute } from "../../../lambda/http/find-route.ts";

describe("no route", () => {
  test.each([
    ["an unknown path", "/v1/instance"],
    ["the catch-all", "/{proxy+}"],
    ["a path with a slash behind", "/v1/instances/"],
    ["a path in capitals", "/V1/INSTANCES"],
    ["a path that is a property of objects", "constructor"],
    ["nothing", ""],
  ])("%s is not found", (_, resource) => {
    expect(findRoute(resource, "GET")).toBeUndefined();
    expect(noRoute(resource)).toMatchObject({ code: "not-found", headers: {} });
  });

  test.each([
    ["/v1/instances", "DELETE", "GET"],
    ["/v1/instances/{instanceId}", "PUT", "GET"],
    ["/v1/instances/{instanceId}/connections", "GET", "POST"],
    ["/v1/health", "HEAD", "GET"],
    ["/v1/whoami", "get", "GET"],
  ])("%s does not take %s, and allows %s", (resource, method, allow) => {
    expect(findRoute(resource, method)).toBeUndefined();
    expect(noRoute(resource)).toMatchObject({ code: "method-not-allowed", headers: { Allow: allow } });
  });
});

test.each([
  ["GET", "/v1/instances", "listInstances"],
  ["GET", "/v1/instances/{instanceId}", "getInstance"],
  ["POST", "/v1/instances/{instanceId}/connections", "createConnection"],
  ["GET", "/v1/whoami", "whoAmI"],
  ["GET", "/v1/health", "health"],
])("%s %s is the route %s", (method, resource, name) => {
  expect(findRoute(resource, method)).toMatchObject({ name, route: { method, path: resource } });
});
