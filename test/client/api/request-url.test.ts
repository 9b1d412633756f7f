import { describe, expect, test } from "@jest/globals";
import { requestUrl } from "../../../client/api/request-url.ts";

const base = "https://abc.example.com/live";
const path = "/v1/access-requests/{id}/reviews";

test.each([
  ["a dot", "."],
  ["two, which would lead to another route", ".."],
  ["nothing", ""],
])("no id is %s", (_, id) => {
  expect(() => requestUrl(base, path, { params: { id } })).toThrow(expect.objectContaining({ exitCode: 64 }));
});

describe("the URL", () => {
  test.each<[string, string, Parameters<typeof requestUrl>[2], string]>([
    ["of a bare route", "/v1/whoami", {}, `${base}/v1/whoami`],
    ["with a parameter", path, { params: { id: "ar-1" } }, `${base}/v1/access-requests/ar-1/reviews`],
    [
      "with one that would lead elsewhere",
      path,
      { params: { id: "../x?y#z" } },
      `${base}/v1/access-requests/..%2Fx%3Fy%23z/reviews`,
    ],
    [
      "with one that is escaped already",
      path,
      { params: { id: "%2e%2e" } },
      `${base}/v1/access-requests/%252e%252e/reviews`,
    ],
    [
      "with a query, sorted, without what is undefined",
      "/v1/instances",
      { query: { name: "a b&c", limit: "100", cursor: undefined, "tag.env": "dev+1" } },
      `${base}/v1/instances?limit=100&name=a%20b%26c&tag.env=dev%2B1`,
    ],
  ])("%s", (_, route, parts, url) => {
    expect(requestUrl(base, route, parts).href).toBe(url);
  });
});
