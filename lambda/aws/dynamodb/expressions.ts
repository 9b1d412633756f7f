import { marshall } from "@aws-sdk/util-dynamodb";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { formatVersion, inFormat } from "./format.ts";
import type { ItemKey } from "./table-keys.ts";

/** The names that an expression uses, each as `#<name>`: some names are reserved words, so none is used bare. */
function named(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`#${name}`, name]));
}

/** When a write may happen: the expression, the names that it uses, and its values. */
export interface Condition {
  readonly expression: string;
  readonly names: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What an update sets, and what it removes. An attribute without a value stays as it is. */
export interface Update {
  readonly set?: Readonly<Record<string, unknown>>;
  /** What is set unless the item has a value already. */
  readonly setIfAbsent?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** What is added to a number or a set. */
  readonly add?: Readonly<Record<string, number | ReadonlySet<string>>>;
  /** What is taken out of a set. */
  readonly subtract?: Readonly<Record<string, ReadonlySet<string>>>;
}

/** The expression of an update, with its names and values (`:set_<name>`, `:add_<name>`, `:delete_<name>`). */
function updateExpression({ set = {}, setIfAbsent = {}, remove = [], add = {}, subtract = {} }: Update) {
  const entries = Object.entries({ ...set, ...setIfAbsent }).filter(([, value]) => value !== undefined);
  const newValue = (name: string) => (name in setIfAbsent ? `if_not_exists(#${name}, :set_${name})` : `:set_${name}`);
  const sets = entries.map(([name]) => `#${name} = ${newValue(name)}`).join(", ");
  const removes = remove.map((name) => `#${name}`).join(", ");
  const changes = (clause: string, of: object) =>
    Object.keys(of)
      .map((name) => `#${name} :${clause}_${name}`)
      .join(", ");
  const [adds, deletes] = [changes("add", add), changes("delete", subtract)];
  const clauses = { SET: sets, REMOVE: removes, ADD: adds, DELETE: deletes };
  const valuesOf = (clause: string, of: readonly (readonly [string, unknown])[]) =>
    of.map(([name, value]) => [`:${clause}_${name}`, value] as const);
  return {
    expression: Object.entries(clauses)
      .flatMap(([clause, text]) => (text ? [`${clause} ${text}`] : []))
      .join(" "),
    names: [...entries.map(([name]) => name), ...remove, ...Object.keys(add), ...Object.keys(subtract)],
    values: Object.fromEntries([
      ...valuesOf("set", entries),
      ...valuesOf("add", Object.entries(add)),
      ...valuesOf("delete", Object.entries(subtract)),
    ]),
  };
}

/** A put of an item in this code's format, under a condition. It never replaces an item of another format. */
export function putInput(tableName: string, item: ItemKey & Readonly<Record<string, unknown>>, condition: Condition) {
  return {
    TableName: tableName,
    Item: marshalled({ ...item, ...inFormat }),
    ...conditionInput(condition.expression, condition.names, condition.values),
  };
}

/** An update under a condition. It never changes an item of another format. */
export function updateInput(tableName: string, key: ItemKey, update: Update, condition: Condition) {
  const { expression, names, values } = updateExpression({ ...update, set: { ...update.set, ...inFormat } });
  return {
    TableName: tableName,
    Key: marshall(key),
    UpdateExpression: expression,
    ...conditionInput(condition.expression, [...names, ...condition.names], { ...values, ...condition.values }),
  };
}

/** A deletion under a condition. It never deletes an item of another format. */
export function deleteInput(tableName: string, key: ItemKey, condition: Condition) {
  return {
    TableName: tableName,
    Key: marshall(key),
    ...conditionInput(condition.expression, condition.names, condition.values),
  };
}

function conditionInput(expression: string, names: readonly string[], values: Readonly<Record<string, unknown>> = {}) {
  return {
    ConditionExpression: `(attribute_not_exists(#v) OR #v = :v) AND (${expression})`,
    ExpressionAttributeNames: named(...names, "v"),
    ExpressionAttributeValues: marshalled({ ...values, ":v": formatVersion }),
  };
}

const marshalled = (value: object) => marshall(value, { removeUndefinedValues: true });

/** True only of a key under which there is no item. */
export const isNew: Condition = { expression: "attribute_not_exists(#pk)", names: ["pk"] };

/**
 * A condition that also holds if the item already has this very write, told by its first event. The SDK sends a write again
 * when the response was lost, and the second must not fail because the first was applied. The event's id alone does not tell:
 * two writers that follow the same state give their events the same id.
 */
export function orRepeated({ expression, names, values }: Condition, { id, type, time, data }: TrailEvent): Condition {
  const isTheSame = [
    "#events[0].#id = :eventId",
    "#events[0].#type = :eventType",
    "#events[0].#time = :eventTime",
    "#events[0].#data.#requestId = :requestId",
  ].join(" AND ");
  return {
    expression: `(${expression}) OR (${isTheSame})`,
    names: [...names, "events", "id", "type", "time", "data", "requestId"],
    values: {
      ...values,
      ":eventId": id,
      ":eventType": type,
      ":eventTime": time,
      ":requestId": data["requestId"],
    },
  };
}
