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
}

/** The expression of an update, with its names and values (`:set_<name>`). */
function setExpression({ set = {}, setIfAbsent = {}, remove = [] }: Update) {
  const entries = Object.entries({ ...set, ...setIfAbsent }).filter(([, value]) => value !== undefined);
  const newValue = (name: string) => (name in setIfAbsent ? `if_not_exists(#${name}, :set_${name})` : `:set_${name}`);
  const sets = entries.map(([name]) => `#${name} = ${newValue(name)}`).join(", ");
  const removes = remove.map((name) => `#${name}`).join(", ");
  return {
    expression: [sets && `SET ${sets}`, removes && `REMOVE ${removes}`].filter(Boolean).join(" "),
    names: [...entries.map(([name]) => name), ...remove],
    values: Object.fromEntries(entries.map(([name, value]) => [`:set_${name}`, value])),
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
  const { expression, names, values } = setExpression({ ...update, set: { ...update.set, ...inFormat } });
  return {
    TableName: tableName,
    Key: marshall(key),
    UpdateExpression: expression,
    ...conditionInput(condition.expression, [...names, ...condition.names], { ...values, ...condition.values }),
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
