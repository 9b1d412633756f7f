/** The part of JSON Schema (2020-12) that the schemas of the client come to. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly pattern?: string;
  /** Ignored: each field with a format has a pattern too. */
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface SchemaFault {
  /** A JSON pointer (RFC 6901) to what is wrong. */
  readonly at: string;
  /** The keyword that it goes against, and what that says. */
  readonly keyword: keyof JsonSchema;
  readonly expected: unknown;
}

interface Position {
  readonly at: string;
  /** Where `$ref` looks. */
  readonly root: JsonSchema;
  /** What the keyword stands in. */
  readonly schema: JsonSchema;
}

/** What is wrong: `false` is what is looked at, a list is of faults further inside. */
type CheckResult = boolean | readonly SchemaFault[];

type Check<Key extends keyof JsonSchema> = (
  expected: NonNullable<JsonSchema[Key]>,
  value: unknown,
  position: Position,
) => CheckResult;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";

/** A keyword that does not concern the value's type holds: so the specification has it. */
const checks: { readonly [Key in keyof JsonSchema]-?: Check<Key> } = {
  $ref: (name, value, { at, root }) => {
    const target = root.$defs?.[name.replace("#/$defs/", "")];
    return target !== undefined && findFaults(target, value, at, root);
  },
  $defs: () => true,
  type: (type, value) => hasType(type, value),
  const: (expected, value) => value === expected,
  enum: (expected, value) => expected.includes(value),
  anyOf: (schemas, value, { at, root }) => schemas.some((schema) => findFaults(schema, value, at, root).length === 0),
  properties: (schemas, value, { at, root }) =>
    !isObject(value) ||
    Object.entries(schemas).flatMap(([name, schema]) =>
      Object.hasOwn(value, name) ? findFaults(schema, value[name], within(at, name), root) : [],
    ),
  required: (names, value, { at }) =>
    !isObject(value) ||
    names
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => ({ at: within(at, name), keyword: "required", expected: names })),
  propertyNames: (schema, value, { at, root }) =>
    !isObject(value) || Object.keys(value).flatMap((name) => findFaults(schema, name, within(at, name), root)),
  additionalProperties: (schema, value, { at, root, schema: { properties = {} } }) => {
    if (!isObject(value) || schema === true) return true;
    const more = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
    if (schema === false) {
      return more.map((name) => ({ at: within(at, name), keyword: "additionalProperties", expected: false }));
    }
    return more.flatMap((name) => findFaults(schema, value[name], within(at, name), root));
  },
  minProperties: (least, value) => !isObject(value) || Object.keys(value).length >= least,
  maxProperties: (most, value) => !isObject(value) || Object.keys(value).length <= most,
  items: (schema, value, { at, root }) =>
    !Array.isArray(value) || value.flatMap((item, index) => findFaults(schema, item, within(at, String(index)), root)),
  pattern: (pattern, value) => !isText(value) || new RegExp(pattern, "u").test(value),
  format: () => true,
  minLength: (least, value) => !isText(value) || value.length >= least,
  maxLength: (most, value) => !isText(value) || value.length <= most,
  minimum: (least, value) => typeof value !== "number" || value >= least,
  maximum: (most, value) => typeof value !== "number" || value <= most,
  minItems: (least, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most, value) => !Array.isArray(value) || value.length <= most,
};

/**
 * Holds a value against a schema.
 *
 * @returns everything that is wrong with it: empty where it fits.
 * @throws Error for a keyword that is not known here: what cannot be checked does not pass.
 */
export function findFaults(schema: JsonSchema, value: unknown, at = "", root = schema): readonly SchemaFault[] {
  return Object.entries(schema).flatMap(([name, expected]) => {
    if (!Object.hasOwn(checks, name)) throw new Error(`This schema has a keyword that is not known: ${name}`);
    const keyword = name as keyof JsonSchema;
    const check = checks[keyword] as Check<typeof keyword>;
    const verdict = check(expected as never, value, { at, root, schema });
    if (typeof verdict === "object") return verdict;
    return verdict ? [] : [{ at, keyword, expected }];
  });
}

/** Whether a value is as a schema says. */
export const fits = (schema: JsonSchema, value: unknown) => findFaults(schema, value).length === 0;

function hasType(type: JsonSchema["type"], value: unknown): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

const within = (at: string, name: string) => `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
