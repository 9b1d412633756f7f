import { expect, test } from "@jest/globals";
import { type ApiRoute, type RouteName, routes } from "../../contract/routes.ts";

const table = Object.entries(routes) as [RouteName, ApiRoute][];

test("no two routes take the same request", () => {
  const requests = table.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(requests).size).toBe(requests.length);
});

test.each(table)("%s takes the parameters that its path names, and no others", (_, { path, params }) => {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, "i-0a1b2c3d"]);
  expect(params.safeParse(Object.fromEntries(named)).success).toBe(true);
  expect(params.safeParse(Object.fromEntries([...named, ["other", "x"]])).success).toBe(false);
  expect(named.length === 0 || !params.safeParse({}).success).toBe(true);
});

test.each(table)("%s refuses an unknown query parameter", (_, { query }) => {
  expect(query.safeParse({}).success).toBe(true);
  expect(query.safeParse({ other: "x" }).success).toBe(false);
});

test.each(table)("%s takes a body only where it changes something", (_, { method, body }) => {
  expect(body !== undefined).toBe(method !== "GET");
});

test("health and the API's description alone need no authentication", () => {
  const open = table.filter(([, { authentication }]) => authentication === "none").map(([name]) => name);
  expect(open).toEqual(["health", "openApi"]);
});
