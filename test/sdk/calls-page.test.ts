import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { routeNames } from "../../contract/routes.ts";
import { callsPage, callsTable } from "../../sdk/build/calls-page.ts";

const page = (name: string) => readFileSync(path.resolve(import.meta.dirname, "../../docs", name), "utf8");

test("docs/calls.md is up to date (npm run docs writes it)", () => {
  expect(page("calls.md")).toBe(callsPage());
});

test("the API's page links each route to its call", () => {
  expect(page("api.md")).toContain(`\n${callsTable()}\n`);
});

test.each(routeNames)("%s is there", (name) => {
  expect(callsPage()).toContain(`\n### ${name}\n`);
  expect(callsPage()).toContain(`latchkey.call("${name}", `);
  expect(callsTable()).toContain(`](calls.md#${name.toLowerCase()})`);
});
