import { describe, expect, test } from "@jest/globals";
import { matchResource } from "../../../local/gateway/match-resource.ts";

describe("the resource of a request's target", () => {
  test.each([
    ["a path of the table", "/v1/instances", "/v1/instances", null],
    ["its query does not count", "/v1/instances?limit=2", "/v1/instances", null],
    [
      "a parameter is one segment",
      "/v1/instances/i-0a1b2c3d",
      "/v1/instances/{instanceId}",
      { instanceId: "i-0a1b2c3d" },
    ],
    [
      "a parameter stays percent-encoded",
      "/v1/instances/i%2D0a1b2c3d",
      "/v1/instances/{instanceId}",
      { instanceId: "i%2D0a1b2c3d" },
    ],
    ["an encoded slash ends no segment", "/v1/instances/a%2Fb", "/v1/instances/{instanceId}", { instanceId: "a%2Fb" }],
    ["literals are not decoded", "/v1/%77hoami", "/{proxy+}", { proxy: "v1/%77hoami" }],
    ["an empty segment is no parameter", "/v1/instances/", "/{proxy+}", { proxy: "v1/instances/" }],
    ["two slashes are not one", "/v1//whoami", "/{proxy+}", { proxy: "v1//whoami" }],
    ["letters count", "/V1/whoami", "/{proxy+}", { proxy: "V1/whoami" }],
    ["any other path", "/nothing/of/ours", "/{proxy+}", { proxy: "nothing/of/ours" }],
    ["the root", "/", "/", null],
  ])("%s", (_, target, resource, pathParameters) => {
    expect(matchResource(target)).toEqual({ resource, pathParameters });
  });
});
