import { setTimeout } from "node:timers/promises";
import { BatchGetItemCommand, type BatchGetItemCommandOutput, type KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { awsProblem } from "../faults.ts";
import type { Attributes } from "./items.ts";
import type { Table } from "./table.ts";
import type { ItemKey } from "./table-keys.ts";

/** Milliseconds before a retry of what DynamoDB left of a batch. */
const pause = 50;

/** DynamoDB's limit. */
const batchSize = 100;

/**
 * Reads items by their keys, consistently. Returns those that exist, in any order. Without keys, no call is made.
 *
 * @throws Problem of `awsProblem`.
 */
export async function batchGet(table: Table, keys: readonly ItemKey[], signal: AbortSignal): Promise<Attributes[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, index) =>
    getBatch(table, keys.slice(index * batchSize, (index + 1) * batchSize), signal),
  );
  return (await Promise.all(batches)).flat();
}

async function getBatch(table: Table, keys: readonly ItemKey[], signal: AbortSignal): Promise<Attributes[]> {
  const { client, name } = table;
  const found: Attributes[] = [];
  let wanted: Record<string, KeysAndAttributes> | undefined = {
    [name]: { Keys: keys.map((key) => marshall(key)), ConsistentRead: true },
  };
  try {
    // DynamoDB returns part of a batch if the whole would be over 16 MB, or if it is short of capacity.
    while (wanted?.[name]) {
      const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: wanted }),
        {
          abortSignal: signal,
        },
      );
      found.push(...(Responses?.[name] ?? []));
      wanted = UnprocessedKeys;
      if (wanted?.[name]) await setTimeout(pause, undefined, { signal });
    }
    return found;
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
