import { isIP } from "node:net";
import type { Schema, SchemaJson } from "@cedar-policy/cedar-wasm/web";
import type { PolicyAction } from "../lambda/policy/engine.ts";
import { mostApprovals } from "../lambda/policy/known-approvals.ts";
import { policyClock } from "../lambda/policy/policy-time.ts";
import { attributeForms } from "../lib/build/attribute-forms.ts";
import type { Settings } from "../lib/settings.ts";

/** The type of a context's attribute, from the schema. */
export type AttributeType =
  | { readonly kind: "String" | "Long" | "Bool" | "ipaddr" }
  | { readonly kind: "Set" }
  | { readonly kind: "Record"; readonly attributes: readonly Attribute[] };

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly isRequired: boolean;
}

/** A context as the functions give it to policy. */
export type PlainContext = Readonly<Record<string, unknown>>;

/** A value that the schema, or the functions, would never give to policy. */
export class NotInContext extends Error {
  readonly path: readonly string[];
  constructor(path: readonly string[], message: string) {
    super(message);
    this.path = path;
  }
}

const namespace = (schema: Schema) => {
  if (typeof schema === "string" || schema["Latchkey"] === undefined) throw new Error("The schema is not Latchkey's");
  return schema["Latchkey"];
};

export const actionsIn = (schema: Schema) => Object.keys(namespace(schema).actions) as PolicyAction[];

/** Whether an action is on a caller, and not on an instance. */
export const isOnCaller = (schema: Schema, action: string) =>
  namespace(schema).actions[action]?.appliesTo?.resourceTypes.includes("Instance") === false;

/** The attributes of an action's context. */
export function contextOf(schema: Schema, action: string): readonly Attribute[] {
  const { actions, commonTypes = {} } = namespace(schema);
  const context = actions[action]?.appliesTo?.context;
  const type = context && typeOf(context, commonTypes);
  return type?.kind === "Record" ? type.attributes : [];
}

type CommonTypes = NonNullable<SchemaJson<string>[string]["commonTypes"]>;
/** Cedar's own type for it is a union with an open member, which nothing can narrow. */
interface JsonType {
  readonly type: string;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, JsonType & { readonly required?: boolean }>>;
}

function typeOf(type: unknown, common: CommonTypes): AttributeType {
  const { type: kind, name = kind, attributes = {} } = type as JsonType;
  const own = name.replace(/^.*::/, "");
  if (kind === "Record") {
    const all = Object.entries(attributes).map(([attribute, each]) => ({
      name: attribute,
      type: typeOf(each, common),
      isRequired: each.required !== false,
    }));
    return { kind, attributes: all };
  }
  if (kind === "Set") return { kind };
  const named = common[own];
  if (named !== undefined) return typeOf(named, common);
  if (own === "String" || own === "Long" || own === "ipaddr") return { kind: own };
  if (own === "Bool" || own === "Boolean") return { kind: "Bool" };
  throw new Error(`The schema has a type of context that is not known here: ${own}`);
}

/** What the functions give for attributes that a test leaves out, by path. An hour of access, on a Wednesday at noon. */
export function defaultsOf({ defaultOsUser, timeZone }: Pick<Settings, "defaultOsUser" | "timeZone">) {
  const time = policyClock(timeZone)(new Date("2026-03-04T12:00:00Z"));
  return {
    scope: "instance",
    "access.scope": "instance",
    osUser: defaultOsUser,
    connectionType: "direct",
    "time.epoch": time.epoch,
    "time.hour": 12,
    "time.weekday": 3,
    durationSeconds: 3600,
    subject: "somebody",
    requestedBy: "somebody",
    "access.reason": "a reason",
    "access.expiresAt": time.epoch + 3600,
  };
}

/** The whole numbers that an attribute can be, by path. */
export const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "time.hour": [0, 23],
  "time.weekday": [1, 7],
  hostKeyTrust: [0, 3],
  "access.approvals": [0, mostApprovals],
};

/** The only texts that an attribute can be, by path. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  connectionType: ["direct", "eice", "serial"],
  scope: ["instance", "tags"],
  "access.scope": ["instance", "tags"],
};

export interface ContextSettings {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly timeZone: string;
}

/**
 * The context that a test gives, and the defaults for what it leaves out.
 *
 * @throws NotInContext
 */
export function fillIn(attributes: readonly Attribute[], given: PlainContext, settings: ContextSettings): PlainContext {
  return record(attributes, given, [], settings);
}

function record(
  attributes: readonly Attribute[],
  given: PlainContext,
  path: readonly string[],
  settings: ContextSettings,
): PlainContext {
  for (const name of Object.keys(given)) {
    if (attributes.every((attribute) => attribute.name !== name)) {
      const known = attributes.map((attribute) => attribute.name).join(", ") || "nothing";
      throw new NotInContext([...path, name], `there is no ${[...path, name].join(".")} here: there is ${known}`);
    }
  }
  const values = attributes.flatMap(({ name, type, isRequired }) => {
    const own = [...path, name];
    if (Object.hasOwn(given, name)) return [[name, readValue(type, given[name], own, settings)] as const];
    return isRequired ? [[name, defaultOf(type, own, settings)] as const] : [];
  });
  return Object.fromEntries(values);
}

function defaultOf(type: AttributeType, path: readonly string[], settings: ContextSettings): unknown {
  const name = path.join(".");
  if (Object.hasOwn(settings.defaults, name)) return settings.defaults[name];
  if (type.kind === "Record") return record(type.attributes, {}, path, settings);
  return { String: "", Long: ranges[name]?.[0] ?? 0, Bool: false, Set: [], ipaddr: "192.0.2.1" }[type.kind];
}

function readValue(type: AttributeType, value: unknown, path: readonly string[], settings: ContextSettings): unknown {
  const name = path.join(".");
  const refuse = (words: string) => new NotInContext(path, `${name} must be ${words}`);
  switch (type.kind) {
    case "Record":
      if (name === "time" && typeof value === "string") return momentOf(value, path, settings.timeZone);
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw refuse(`its attributes: ${type.attributes.map((attribute) => attribute.name).join(", ")}`);
      }
      return record(type.attributes, value as PlainContext, path, settings);
    case "Set":
      if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
      throw refuse("a list of texts");
    case "Bool":
      if (typeof value === "boolean") return value;
      throw refuse("true or false");
    case "Long": {
      const [least, most] = ranges[name] ?? [0, Number.MAX_SAFE_INTEGER];
      if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return value;
      throw refuse(`a whole number from ${least}${ranges[name] ? ` to ${most}` : ""}`);
    }
    case "ipaddr":
      if (typeof value === "string" && isIP(value) !== 0) return value;
      throw refuse("an IP address");
    case "String": {
      const [form, texts] = [attributeForms[`context.${name}`], choices[name]];
      if (texts && !texts.some((text) => text === value)) throw refuse(texts.join(" or "));
      if (typeof value === "string" && value.isWellFormed() && (form?.isValid(value) ?? true)) return value;
      throw refuse(form?.words ?? "text");
    }
  }
}

function momentOf(text: string, path: readonly string[], timeZone: string): PlainContext {
  const moment = new Date(text);
  if (!/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(moment.getTime())) {
    throw new NotInContext(path, "time must be its attributes, or a time such as 2026-03-04T12:00:00Z");
  }
  return { ...policyClock(timeZone)(moment) };
}
