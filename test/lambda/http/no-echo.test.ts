import { describe, expect, test } from "@jest/globals";
import type { ApiRoute } from "../../../contract/routes.ts";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { respondProblem } from "../../../lambda/http/respond.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

/** Appears in every part of the input that a caller can set. As a name it is none that a problem repeats. */
const marker = "Zq7 Echo";

/** The whole response to a request that must be refused: headers and problem document. */
async function refusal(route: ApiRoute, request: Partial<Parameters<typeof restEvent>[0]>): Promise<string> {
  const event = restEvent({ resource: route.path, method: route.method, ...request });
  return JSON.stringify(respondProblem(await problemFrom(() => parseRequest(route, event)), "request-1"));
}

describe("the response to an invalid request repeats nothing of the input", () => {
  test.each<[string, Parameters<typeof refusal>[1]]>([
    ["a path parameter", { pathParameters: { instanceId: marker } }],
    ["a malformed path parameter", { pathParameters: { instanceId: `%${marker}` } }],
    ["a query parameter's name", { query: { [marker]: ["x"] } }],
    ["a query parameter's name, twice", { query: { [marker]: ["x", "x"] } }],
    ["a content type", { headers: { "Content-Type": [marker] } }],
    ["text that is no JSON", { body: `{"${marker}":` }],
    ["a name twice", { body: `{"${marker}":1,"${marker}":1}` }],
    ["an enumeration's value", { body: `{"publicKey":"x","connectionType":"${marker}"}` }],
  ])("%s", async (_, request) => {
    const usual = { pathParameters: { instanceId: "i-0a1b2c3d" } };
    const response = await refusal(routes.createConnection, { ...usual, ...request });
    expect(response).not.toContain(marker);
  });
});
