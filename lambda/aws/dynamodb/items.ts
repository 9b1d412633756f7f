import { type AttributeValue, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import type { ItemKey } from "./table-keys.ts";

// No command that writes: functions that may only read have this too.

/** An item, or a part of one, as DynamoDB has it. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Reads an item by its key, consistently.
 *
 * @returns undefined where there is none.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function getItem(tableName: string, key: ItemKey, signal: AbortSignal): Promise<Attributes | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true });
  const { Item } = await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
  return Item;
}

/**
 * What the table holds, by a schema.
 *
 * @throws Problem `internal` where it is not what Latchkey writes.
 */
export function readItem<Value>(schema: z.ZodType<Value>, attributes: Attributes): Value {
  try {
    return schema.parse(unmarshall(attributes));
  } catch (cause) {
    throw new Problem("internal", { cause });
  }
}

/**
 * What a conditional write answers.
 *
 * @param signal the deadline that the write was given, where it was given one.
 * @returns undefined where its condition did not hold: nothing was written.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function ifHolds<Output>(writing: Promise<Output>, signal?: AbortSignal): Promise<Output | undefined> {
  return writing.catch((error: unknown) => {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined;
    throw awsProblem(error, signal);
  });
}
