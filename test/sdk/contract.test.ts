import { expect, test } from "@jest/globals";
import { problemOf } from "../../contract/problem.ts";
import { type ApiRoute, routeNames, routes } from "../../contract/routes.ts";
import contract from "../../sdk/contract.ts";
import { findFaults, fits, type JsonSchema } from "../../sdk/json-schema.ts";
import { sampleResponses } from "../support/client/sample-responses.ts";

test.each(routeNames)("%s has its method, path and schemas", (name) => {
  const { method, path, authentication, isIdempotent = false, isVersioned = false }: ApiRoute = routes[name];
  expect(contract.routes[name]).toMatchObject({ method, path, authentication, isIdempotent, isVersioned });
  expect(fits(contract.routes[name].response, sampleResponses[name])).toBe(true);
});

test("a problem is read by its schema", () => {
  const problem = problemOf("approval-required", "id", { requirements: { approvals: 1, reason: true } });
  expect(fits(contract.problem, problem)).toBe(true);
  expect(fits(contract.problem, { ...problem, code: undefined })).toBe(false);
});

test("it is plain data, as the bundler needs it", () => {
  expect(JSON.parse(JSON.stringify(contract))).toEqual(contract);
});

test("nothing in it is for people", () => {
  expect(JSON.stringify(contract)).not.toMatch(/"(?:description|examples|title)":"/);
});

test("what a schema asks that is not known here stops everything, instead of passing", () => {
  const schema = { type: "object", uniqueItems: true } as JsonSchema;
  expect(() => findFaults(schema, {})).toThrow("a keyword that is not known: uniqueItems");
});

/** A schema and all inside it. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const { $defs = {}, properties = {}, anyOf = [], items, propertyNames, additionalProperties } = schema;
  const more = typeof additionalProperties === "object" ? [additionalProperties] : [];
  const inside = [...Object.values($defs), ...Object.values(properties), ...anyOf, ...more];
  return [
    schema,
    ...[...inside, ...(items ? [items] : []), ...(propertyNames ? [propertyNames] : [])].flatMap(partsOf),
  ];
}

test("every keyword of the contract's responses is known", () => {
  for (const { response } of Object.values(contract.routes)) {
    for (const part of partsOf(response)) expect(() => findFaults(part, null, "", response)).not.toThrow();
  }
});

test("an object has as many fields as its schema says", () => {
  const schema: JsonSchema = { type: "object", minProperties: 1, maxProperties: 2 };
  expect([{}, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }].map((value) => fits(schema, value))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test("a fault is told by its place", () => {
  const { whoAmI } = sampleResponses;
  const schema = contract.routes.whoAmI.response;
  expect(findFaults(schema, { ...whoAmI, groups: ["a", 5] })).toEqual([
    { at: "/groups/1", keyword: "type", expected: "string" },
  ]);
});
