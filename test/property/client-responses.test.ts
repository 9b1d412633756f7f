import fc from "fast-check";
import type * as z from "zod";
import { problemDocument, problemOf } from "../../contract/problem.ts";
import { routeNames, routes } from "../../contract/routes.ts";
import contract from "../../sdk/contract.ts";
import { findFaults, fits, type JsonSchema } from "../../sdk/json-schema.ts";
import { schemaOf } from "../../sdk/schema-of.ts";
import { sampleResponses } from "../support/client/sample-responses.ts";
import { testProperty } from "../support/property.ts";
import { must } from "./must.ts";

/** A value with one thing in it changed: taken away, put in, or made something else. */
function changed(value: unknown): fc.Arbitrary<unknown> {
  const other = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    70_000,
    "",
    "x",
    "2026-13-01T00:00:00Z",
    [],
    [1],
    {},
    { x: 1 },
  );
  if (Array.isArray(value) && value.length > 0) {
    return fc.oneof(
      other,
      fc.nat(value.length - 1).chain((index) => changed(value[index]).map((item) => value.with(index, item))),
    );
  }
  if (typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  if (keys.length === 0) return other;
  return fc.oneof(
    { arbitrary: other, weight: 1 },
    { arbitrary: fc.constantFrom(...keys).map((key) => ({ ...value, [key]: undefined })), weight: 2 },
    { arbitrary: fc.constant({ ...value, more: 1 }), weight: 1 },
    {
      arbitrary: fc
        .constantFrom(...keys)
        .chain((key) => changed((value as Record<string, unknown>)[key]).map((part) => ({ ...value, [key]: part }))),
      weight: 6,
    },
  );
}

/** As it would come over the wire. */
const sent = (value: unknown) => changed(value).map((response): unknown => JSON.parse(JSON.stringify(response)));

/** Whether zod accepts it, but for text that it does not know in place of an enum's value. */
function isAccepted(schema: z.ZodType, value: unknown): boolean {
  const { error } = schema.safeParse(value);
  const at = (path: readonly PropertyKey[]) =>
    path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], value);
  return (error?.issues ?? []).every(({ code, path }) => code === "invalid_value" && typeof at(path) === "string");
}

const problem = problemOf("approval-required", "id", { requirements: { approvals: 1, reason: true } });
const cases: readonly (readonly [name: string, schema: z.ZodType, checked: JsonSchema, sample: unknown])[] = [
  ...routeNames.map(
    (name) => [name, routes[name].response, contract.routes[name].response, sampleResponses[name]] as const,
  ),
  ["a problem", problemDocument, contract.problem, problem],
];

/**
 * The value with another text for every enum, and one more field in every object that has fields of its own.
 *
 * @param root where `$ref` points.
 */
function extended(schema: JsonSchema, value: unknown, text: string, root = schema): unknown {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? value : extended(target, value, text, root);
  }
  if (typeof value === "string") return schema.enum !== undefined || schema.const !== undefined ? text : value;
  if (Array.isArray(value)) return value.map((item) => extended(schema.items ?? {}, item, text, root));
  if (typeof value !== "object" || value === null || schema.properties === undefined) return value;
  const { properties } = schema;
  const fields = Object.entries(value).map(([key, part]) => [key, extended(properties[key] ?? {}, part, text, root)]);
  return { ...Object.fromEntries(fields), aFieldOfTomorrow: { text } };
}

for (const [name, schema, checked, sample] of cases) {
  testProperty(
    `the client accepts the same responses as zod, but for new values of enums: ${name}`,
    { small: 200, large: 20_000 },
    fc.property(sent(sample), (response) => {
      const expected = isAccepted(schema, response);
      must(fits(checked, response) === expected, `the client should ${expected ? "accept" : "refuse"} it`);
    }),
  );
  testProperty(
    `the client accepts new values of every enum and new fields in every object: ${name}`,
    { small: 20, large: 2000 },
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const faults = findFaults(checked, extended(schemaOf(schema), sample, text));
      must(faults.length === 0, "the client refuses it", faults);
    }),
  );
}
