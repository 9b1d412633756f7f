import { setTimeout } from "node:timers/promises";
import { BatchGetItemCommand, type KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import type { Attributes } from "./items.ts";
import type { ItemKey } from "./table-keys.ts";

/** Milliseconds before what DynamoDB has left of a batch is asked for again. */
const pause = 50;

/**
 * Reads items by their keys, consistently: those that there are, in any order.
 *
 * @param keys 100 at most: DynamoDB's bound on a batch. None: nothing is asked.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function batchGet(
  tableName: string,
  keys: readonly ItemKey[],
  signal: AbortSignal,
): Promise<Attributes[]> {
  const found: Attributes[] = [];
  let wanted: Record<string, KeysAndAttributes> | undefined =
    keys.length > 0 ? { [tableName]: { Keys: keys.map((key) => marshall(key)), ConsistentRead: true } } : undefined;
  try {
    // DynamoDB answers a part of a batch where the whole would be over 16 MB, or where it is short of capacity.
    while (wanted?.[tableName]) {
      const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand({ RequestItems: wanted }), {
        abortSignal: signal,
      });
      found.push(...(Responses?.[tableName] ?? []));
      wanted = UnprocessedKeys;
      if (wanted?.[tableName]) await setTimeout(pause, undefined, { signal });
    }
    return found;
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
