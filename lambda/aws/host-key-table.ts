import { setTimeout } from "node:timers/promises";
import { type AttributeValue, BatchGetItemCommand, type KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { StoredHostKey } from "../connect/host-keys.ts";
import { Problem } from "../http/problem.ts";
import { dynamodb } from "./dynamodb.ts";
import { awsProblem } from "./faults.ts";
import { hostKeysKey, instanceIdOf } from "./table-keys.ts";

const item = z.object({
  pk: z.string(),
  hostKeys: z.array(
    z.object({ key: z.string(), source: z.enum(["registered", "console", "pinned"]), observedAt: z.iso.datetime() }),
  ),
});

/** Milliseconds before what DynamoDB has left of a batch is asked for again. */
const pause = 50;

/**
 * The host keys that are known of each instance, in one consistent read.
 *
 * @param instanceIds 100 at most: DynamoDB's bound on a batch.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where an item is
 *   not what Latchkey writes.
 */
export async function readHostKeys(
  tableName: string,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly StoredHostKey[]>> {
  const found = new Map<string, readonly StoredHostKey[]>();
  let wanted: Record<string, KeysAndAttributes> | undefined =
    instanceIds.length > 0
      ? { [tableName]: { Keys: instanceIds.map((id) => marshall(hostKeysKey(id))), ConsistentRead: true } }
      : undefined;
  try {
    // DynamoDB answers a part of a batch where the whole would be over 16 MB, or where it is short of capacity.
    while (wanted?.[tableName]) {
      const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand({ RequestItems: wanted }), {
        abortSignal: signal,
      });
      for (const attributes of Responses?.[tableName] ?? []) {
        const { pk, hostKeys } = readItem(attributes);
        found.set(instanceIdOf(pk), hostKeys);
      }
      wanted = UnprocessedKeys;
      if (wanted?.[tableName]) await setTimeout(pause, undefined, { signal });
    }
    return found;
  } catch (error) {
    throw awsProblem(error, signal);
  }
}

function readItem(attributes: Record<string, AttributeValue>): z.infer<typeof item> {
  try {
    return item.parse(unmarshall(attributes));
  } catch (cause) {
    throw new Problem("internal", { cause });
  }
}
