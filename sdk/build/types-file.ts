import * as z from "zod";
import { problemDocument } from "../../contract/problem.ts";
import { type ApiRoute, routes } from "../../contract/routes.ts";

/** What `z.toJSONSchema` makes of the contract's schemas. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly description?: string;
}

/** The name of the query parameters that `tags` stands for. */
export const anyTag = "tag.KEY";

/** Requests are closed. Responses are open: any text may stand for an enum's value. */
type Kind = "request" | "response";

/**
 * The text of `types.d.ts`: what ../types.ts exports, as plain TypeScript without zod.
 *
 * @throws Error for a schema that it cannot write as a type.
 */
export function typesFile(): string {
  const all: Readonly<Record<string, ApiRoute>> = routes;
  const inputs = mapValues(all, ({ params, query, body }) =>
    z.strictObject({ params, query, body: body ?? z.never() }),
  );
  const responses = mapValues(all, ({ response }) => response);
  const request = jsonSchema(z.object(inputs));
  const response = jsonSchema(z.object({ ...responses, problem: problemDocument }));
  const operations = Object.entries(all).map(([name, { body, method, isVersioned = false }]) => {
    const { params = {}, query = {}, body: bodySchema = {} } = request.properties?.[name]?.properties ?? {};
    const parts = [objectType(params, "request"), objectType(queryInput(query), "request")];
    const input = [
      ...parts.filter((part) => part !== "{}"),
      ...(body ? [typeOf(bodySchema, "request")] : []),
      ...(isVersioned && method === "PUT" ? ["{ readonly etag?: string | undefined }"] : []),
    ];
    const output = [
      typeOf(response.properties?.[name] ?? {}, "response"),
      ...(isVersioned ? ["{ readonly etag: string | undefined }"] : []),
    ].join(" & ");
    const type = input.length === 0 ? "{}" : input.join(" & ");
    return `  readonly ${name}: { readonly input: ${type}; readonly response: ${output} };`;
  });
  return [
    "// Generated from the contract.",
    // A schema of both is written once.
    ...new Set([...named(request, "request"), ...named(response, "response")]),
    "/** Every operation: what it takes (the fields of path, query and body in one object) and what it responds with. */",
    `export interface Operations {\n${operations.join("\n")}\n}\n`,
  ].join("\n");
}

/** Fields with a default may be left out, in a request. Responses have none. */
export const jsonSchema = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;

function named({ $defs = {} }: Schema, kind: Kind): string[] {
  return Object.entries($defs).map(
    ([name, schema]) => `${docs(schema.description, "")}export type ${name} = ${typeOf(schema, kind)};`,
  );
}

/** @throws Error for a schema that it cannot write as a type. */
export function typeOf(schema: Schema, kind: Kind): string {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/$defs/", "");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((each) => typeOf(each, kind)))].join(" | ");
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined) {
    const isOpen = kind === "response" && values.every((value) => typeof value === "string");
    return [...values.map((value) => JSON.stringify(value)), ...(isOpen ? ["(string & {})"] : [])].join(" | ");
  }
  switch (schema.type) {
    case "string":
    case "boolean":
    case "number":
    case "null":
      return schema.type;
    case "integer":
      return "number";
    case "array":
      return `Array<${typeOf(schema.items ?? {}, kind)}>`;
    case "object":
      return objectType(schema, kind);
    case undefined:
      return "unknown";
    default:
      throw new Error(`There is no type for a schema of type ${schema.type}`);
  }
}

function objectType({ properties = {}, required = [], additionalProperties = false }: Schema, kind: Kind): string {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const type = typeOf(schema, kind);
    if (name === anyTag) return `${docs(schema.description, "  ")}  [tag: \`tag.\${string}\`]: ${type} | undefined;`;
    return `${docs(schema.description, "  ")}  ${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${type}${required.includes(name) ? "" : " | undefined"};`;
  });
  if (typeof additionalProperties === "object") {
    fields.push(`  [name: string]: ${typeOf(additionalProperties, kind)};`);
  }
  return fields.length === 0 ? "{}" : `{\n${fields.join("\n")}\n}`;
}

/** A query as the library takes it: numbers may stand for their text, and `tag.KEY` for the list of tags. */
function queryInput({ properties = {}, required = [] }: Schema): Schema {
  const { tags, ...others } = properties;
  const numbers = (schema: Schema): Schema =>
    schema.type === "string" && schema.enum === undefined && schema.const === undefined
      ? { description: schema.description ?? "", anyOf: [{ type: "string" }, { type: "number" }] }
      : schema;
  const withTags = tags && { [anyTag]: { type: "string", description: tags.description ?? "" } };
  return { properties: { ...mapValues(others, numbers), ...withTags }, required };
}

function docs(text: string | undefined, indent: string): string {
  if (text === undefined || text === "") return "";
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */\n`].join("\n");
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
