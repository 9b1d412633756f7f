import * as z from "zod";
import type { JsonSchema } from "./json-schema.ts";

/**
 * A schema of zod as JSON Schema, for modules that the bundler turns into data. Of what goes in: fields that a later version of the
 * API adds are no fault.
 */
export function schemaOf(schema: z.ZodType): JsonSchema {
  return withoutWords(z.toJSONSchema(schema, { io: "input" })) as JsonSchema;
}

/** Descriptions are for people. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => key !== "$schema" && !(key === "description" && typeof value === "string"),
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutWords(value)]));
}
