import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { exposedHeaders, preflightHeaders } from "../../../contract/cors.ts";
import { securityHeaders } from "../../../contract/headers.ts";
import { openApiDocument } from "../../../contract/open-api.ts";
import { problems } from "../../../contract/problem.ts";
import { makeOpenApi } from "../../../lib/build/openapi.ts";

/** As it is served. */
const document = JSON.parse(JSON.stringify(makeOpenApi()));
const committed = path.resolve(import.meta.dirname, "../../../docs/openapi.json");

test("docs/openapi.json is up to date (npm run docs writes it)", () => {
  expect(JSON.parse(readFileSync(committed, "utf8"))).toEqual(document);
});

test("the route's own schema takes it", () => {
  expect(openApiDocument.parse(document)).toEqual(document);
});

/** Every object of the document, with the names that lead to it. */
function* walk(value: unknown, names: readonly string[] = []): Generator<[at: string, node: Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [names.join("/"), value as Record<string, unknown>];
  for (const [name, part] of Object.entries(value)) yield* walk(part, [...names, name]);
}
const nodes = [...walk(document)];

test("every field and every parameter is described", () => {
  const fields = nodes.filter(([at]) => /^components\/schemas\/.*\/properties\/[^/]+$/.test(at));
  const parameters = nodes.filter(([at]) => /\/parameters\/[0-9]+$/.test(at));
  expect([fields.length > 60, parameters.length > 5]).toEqual([true, true]);
  const silent = [...fields, ...parameters].filter(([, { description, $ref }]) => !description && !$ref);
  expect(silent.map(([at]) => at)).toEqual([]);
});

test("pages may send every header that an operation takes, and read every header that a response adds", () => {
  const parameters = nodes.filter(([at, node]) => /\/parameters\/[^/]+$/.test(at) && node["in"] === "header");
  const sent = parameters.map(([, { name }]) => String(name));
  expect([...new Set(sent), "Authorization", "Content-Type"].sort().join(", ")).toBe(
    preflightHeaders("")["Access-Control-Allow-Headers"],
  );
  const added = Object.keys(document.components.headers).filter((name) => !Object.hasOwn(securityHeaders, name));
  expect(added.sort()).toEqual(exposedHeaders);
});

test("every integer has a range, and none that is absurd", () => {
  const integers = nodes.filter(([, { type }]) => type === "integer");
  expect(integers.length).toBeGreaterThan(5);
  const loose = integers.filter(([, { minimum, maximum }]) => !(Number(minimum) >= 0 && Number(maximum) <= 1_000_000));
  expect(loose.map(([at]) => at)).toEqual([]);
});

test("no field has a default, which would make it required for callers of generated types", () => {
  const fields = nodes.filter(([at]) => at.startsWith("components/schemas/"));
  expect(fields.filter(([, { default: value }]) => value !== undefined).map(([at]) => at)).toEqual([]);
});

test("every problem code is described", () => {
  const described = nodes.flatMap(([at, { enum: codes }]) => (at.endsWith("/properties/code") ? codes : []));
  expect([...new Set(described)].sort()).toEqual(Object.keys(problems).sort());
});
