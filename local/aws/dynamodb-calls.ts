import * as z from "zod";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import { inventoryTableName, tableName } from "./roles.ts";

/** An item or a key: `{"pk": {"S": "…"}, …}`. */
export const attributes = z.record(z.string(), z.record(z.string(), z.unknown()));

export type Attributes = z.infer<typeof attributes>;

const table = z.enum([tableName, inventoryTableName]);
const inTable = { TableName: table };
const expressionWords = {
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: attributes.optional(),
};

// Decisions need consistent reads.
export const getItem = z.strictObject({ ...inTable, Key: attributes, ConsistentRead: z.literal(true) });
export const batchGet = z.strictObject({
  RequestItems: z.partialRecord(table, z.strictObject({ Keys: z.array(attributes), ConsistentRead: z.literal(true) })),
});

// Every change of state is a conditional write.
const change = { ...inTable, ...expressionWords, ConditionExpression: z.string() };
export const putItem = z.strictObject({ ...change, Item: attributes });
export const deleteItem = z.strictObject({ ...change, Key: attributes });
export const updateItem = z.strictObject({
  ...change,
  Key: attributes,
  UpdateExpression: z.string(),
  // What a role may name, it may be told: no attribute that the update does not set.
  ReturnValues: z.literal("UPDATED_NEW").optional(),
});

// The table itself is queried consistently alone; the inventory, which decides nothing, need not be.
export const query = z
  .strictObject({
    ...inTable,
    ...expressionWords,
    ExpressionAttributeValues: attributes,
    IndexName: z.enum(Object.values(indexes).map(({ name }) => name)).optional(),
    KeyConditionExpression: z.string(),
    ProjectionExpression: z.string().optional(),
    ScanIndexForward: z.boolean().optional(),
    Limit: z.int().optional(),
    /** Of the table alone: an index has no consistent reads. */
    ConsistentRead: z.literal(true).optional(),
    ExclusiveStartKey: attributes.optional(),
  })
  .refine(
    ({ TableName, IndexName, ConsistentRead }) =>
      (IndexName === undefined) === (ConsistentRead ?? false) || (TableName === inventoryTableName && !IndexName),
  );

/** The top-level attributes that a write's expressions name, as `#name` or bare. */
export function attributesNamedIn({
  UpdateExpression = "",
  ConditionExpression,
  ExpressionAttributeNames: names = {},
}: Pick<z.infer<typeof updateItem>, "ConditionExpression" | "ExpressionAttributeNames"> & {
  readonly UpdateExpression?: string;
}): readonly string[] {
  const aliases = `${UpdateExpression} ${ConditionExpression}`.match(/(?<![.\w:#])[#a-z_]\w*\b(?!\()/gi) ?? [];
  const paths = aliases.filter((alias) => !/^(?:SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN)$/i.test(alias));
  return [...new Set(paths.map((path) => names[path] ?? path))];
}

/**
 * The value of a query for the partition key of its index or of the table, which IAM calls the leading key.
 *
 * @returns undefined if the condition is not `<partition key> = :value`, alone or before an AND.
 */
export function leadingKeyOf(asked: z.infer<typeof query>): string | undefined {
  const [, name = "", value = ""] = /^\s*(#?\w+)\s*=\s*(:\w+)\s*(?:$|AND\b)/.exec(asked.KeyConditionExpression) ?? [];
  const index = Object.values(indexes).find(({ name }) => name === asked.IndexName);
  const partition = asked.IndexName === undefined ? "pk" : index?.partition;
  if ((asked.ExpressionAttributeNames?.[name] ?? name) !== partition) return undefined;
  const given = asked.ExpressionAttributeValues[value]?.["S"];
  return typeof given === "string" ? given : undefined;
}
