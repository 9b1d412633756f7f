import { describe, expect, test } from "@jest/globals";
import type { ClientRoute } from "../../sdk/contract.ts";
import { requestOf } from "../../sdk/request.ts";

const base = "https://abc.example.com/live";
const review: ClientRoute = {
  method: "POST",
  path: "/v1/access-requests/{id}/reviews",
  authentication: "caller",
  isIdempotent: true,
  isVersioned: false,
  query: ["dryRun"],
  response: {},
};
const list: ClientRoute = { ...review, method: "GET", path: "/v1/instances", query: [] };

test.each([
  ["a dot", "."],
  ["two dots, which would lead to another route", ".."],
  ["empty", ""],
])("an id in the path cannot be %s", (_, id) => {
  expect(() => requestOf(base, review, { id })).toThrow(/^id must not be /);
});

describe("the URL and body", () => {
  test.each<[string, ClientRoute, object, string, string]>([
    ["without input", list, {}, `${base}/v1/instances`, ""],
    ["with a parameter of the path", review, { id: "ar-1" }, `${base}/v1/access-requests/ar-1/reviews`, ""],
    [
      "with one that would lead elsewhere",
      review,
      { id: "../x?y#z" },
      `${base}/v1/access-requests/..%2Fx%3Fy%23z/reviews`,
      "",
    ],
    ["with one that is escaped already", review, { id: "%2e%2e" }, `${base}/v1/access-requests/%252e%252e/reviews`, ""],
    [
      "with a query, sorted, without what is undefined",
      list,
      { name: "a b&c", limit: 100, cursor: undefined, "tag.env": "dev+1" },
      `${base}/v1/instances?limit=100&name=a%20b%26c&tag.env=dev%2B1`,
      "",
    ],
    [
      "with path, query and body",
      review,
      { id: "ar-1", dryRun: "true", decision: "deny" },
      `${base}/v1/access-requests/ar-1/reviews?dryRun=true`,
      '{"decision":"deny"}',
    ],
  ])("%s", (_, route, input, url, body) => {
    expect(requestOf(base, route, { ...input })).toEqual({ url: new URL(url), body });
  });
});
