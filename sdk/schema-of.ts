import * as z from "zod";
import type { JsonSchema } from "./json-schema.ts";

/** A zod schema as JSON Schema, for modules that the bundler turns into data. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  return map(z.toJSONSchema(schema, { io: "input" }), withoutWords) as JsonSchema;
}

/**
 * A response's schema as a client checks it: open. Fields that a later version of the API adds are no error, and any
 * text may stand for an enum's value.
 */
export function openSchema(schema: z.ZodType): JsonSchema {
  return map(schemaOf(schema), withoutEnums) as JsonSchema;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

/** Descriptions are for people. */
const withoutWords = (entries: Entries) =>
  entries.filter(([key, value]) => key !== "$schema" && !(key === "description" && typeof value === "string"));

const withoutEnums = (entries: Entries) =>
  entries.filter(
    ([key, value]) => !(key === "const" && typeof value === "string") && !(key === "enum" && isTexts(value)),
  );

const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");

/** Maps the entries of every object in it. */
function map(value: unknown, change: (entries: Entries) => Entries): unknown {
  if (Array.isArray(value)) return value.map((each) => map(each, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(change(Object.entries(value)).map(([key, each]) => [key, map(each, change)]));
}
