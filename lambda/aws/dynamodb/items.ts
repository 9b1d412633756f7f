import {
  type AttributeValue,
  type DeleteItemCommand,
  GetItemCommand,
  type PutItemCommand,
  type UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type * as z from "zod";
import { Problem } from "../../shared/problem.ts";
import { awsProblem } from "../faults.ts";
import { isInFormat } from "./format.ts";
import type { Table } from "./table.ts";
import type { ItemKey } from "./table-keys.ts";

// No command that writes: functions that may only read have this too.

/** An item, or a part of one, as DynamoDB has it. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Reads an item by its key, consistently.
 *
 * @returns undefined if there is none.
 * @throws Problem of `awsProblem`.
 */
export async function getItem(table: Table, key: ItemKey, signal: AbortSignal): Promise<Attributes | undefined> {
  const command = new GetItemCommand({ TableName: table.name, Key: marshall(key), ConsistentRead: true });
  const { Item } = await table.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
  return Item;
}

/**
 * Reads what the table holds by a schema.
 *
 * @throws Problem `internal` if it is not what this version of Latchkey writes.
 */
export function readItem<Value>(schema: z.ZodType<Value>, attributes: Attributes): Value {
  if (!isInFormat(attributes)) {
    throw new Problem("internal", { cause: new Error("The item's format is unknown") });
  }
  return readAnyFormat(schema, attributes);
}

/** The same, for an item of any version. @throws Problem `internal` if it does not fit the schema. */
export function readAnyFormat<Value>(schema: z.ZodType<Value>, attributes: Attributes): Value {
  try {
    return schema.parse(unmarshall(attributes));
  } catch (cause) {
    throw new Problem("internal", { cause });
  }
}

/**
 * What `read` returns, or undefined if the item is not what Latchkey writes: one such item must not fail a whole list.
 *
 * @throws every error of `read` but Problem `internal`.
 */
export function ifReadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem && error.code === "internal") return undefined;
    throw error;
  }
}

/**
 * Makes a conditional write.
 *
 * @param signal left out if no deadline may cut the write.
 * @returns the item's attributes if the command returns them, else none; undefined if the condition did not hold: then
 *   nothing was written.
 * @throws Problem of `awsProblem`.
 */
export async function writeIfHolds(
  { client }: Table,
  command: PutItemCommand | UpdateItemCommand | DeleteItemCommand,
  signal?: AbortSignal,
): Promise<Attributes | undefined> {
  try {
    // The overloads of `send` take one command, not a union of them.
    const { Attributes = {} } = await client.send(command as UpdateItemCommand, signal && { abortSignal: signal });
    return Attributes;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined;
    throw awsProblem(error, signal);
  }
}

/** The same for a write whose condition must hold. @throws Problem as `writeIfHolds`; `upstream-failure` if it does not. */
export async function write(
  { client }: Table,
  command: PutItemCommand | UpdateItemCommand,
  signal?: AbortSignal,
): Promise<void> {
  await client.send(command as UpdateItemCommand, signal && { abortSignal: signal }).catch((error: unknown) => {
    throw awsProblem(error, signal);
  });
}
