import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

const json = { "Content-Type": ["application/json"] };

function parsed(name: "revokeAccessRequest" | "reviewAccessRequest", change: Partial<Parameters<typeof restEvent>[0]>) {
  const event = { resource: routes[name].path, method: "POST", pathParameters: { id: "ar-1" }, ...change };
  return parseRequest(routes[name], restEvent(event));
}
const revoked = (change: Parameters<typeof parsed>[1]) => parsed("revokeAccessRequest", change).body;

describe("if the body is optional", () => {
  test.each([
    ["a space", { body: " " }, "invalid-request"],
    ["null", { body: "null" }, "invalid-request"],
    ["an array", { body: "[]" }, "invalid-request"],
    ["half an object", { body: "{" }, "invalid-request"],
    ["an unknown field", { body: '{"reviewer":"bob"}' }, "invalid-request"],
    ["a comment of nothing", { body: '{"comment":""}' }, "invalid-request"],
    ["an empty object of no content type", { body: "{}", headers: {} }, "unsupported-media-type"],
    ["text", { body: "done", headers: { "Content-Type": ["text/plain"] } }, "unsupported-media-type"],
  ])("%s is still refused", async (_, change, code) => {
    expect(await problemFrom(() => revoked({ headers: json, ...change }))).toMatchObject({ code });
  });

  test.each([
    ["no body", { body: null, headers: {} }],
    ["an empty body", { body: "", headers: {} }],
    ["an empty body in base64", { body: "", isBase64Encoded: true, headers: {} }],
    [
      "an empty body as a form, as curl says",
      { body: "", headers: { "Content-Type": ["application/x-www-form-urlencoded"] } },
    ],
    ["no body that is called JSON", { body: null, headers: json }],
    ["an empty object", { body: "{}", headers: json }],
  ])("%s is an empty object", (_, change) => {
    expect(revoked(change)).toEqual({});
  });

  test("a body with a comment is accepted", () => {
    expect(revoked({ body: '{"comment":"done"}', headers: json })).toEqual({ comment: "done" });
  });
});

test.each([
  ["no body", { body: null, headers: {} }],
  ["an empty body", { body: "", headers: {} }],
])("if the body is required, %s is missing", async (_, change) => {
  expect(await problemFrom(() => parsed("reviewAccessRequest", change))).toMatchObject({
    code: "unsupported-media-type",
  });
});
