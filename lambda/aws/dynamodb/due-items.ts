import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { Due } from "../../workers/sweep.ts";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import { readItem } from "./items.ts";
import { idIn, indexes } from "./table-keys.ts";

/** Items a page: as many are worked on before the next is asked for. */
const pageSize = 100;

const item = z.object({ pk: z.string() });

/**
 * What has been due since `until` or before, the longest due first: the ids of slots (`expiry`: of their access
 * requests), connections (`outcome`) or events (`publication`). The index may lag behind the table: read the item before acting on it.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where an item is not what
 *   Latchkey writes.
 */
export async function* findDue(
  tableName: string,
  due: Due,
  until: Date,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const pages = paginateQuery(
    { client: dynamodb, pageSize },
    {
      TableName: tableName,
      IndexName: indexes.due.name,
      KeyConditionExpression: "#due = :due AND #dueAt <= :until",
      ProjectionExpression: "#pk",
      ExpressionAttributeNames: { "#due": indexes.due.partition, "#dueAt": indexes.due.sort, "#pk": "pk" },
      ExpressionAttributeValues: marshall({ ":due": due, ":until": until.toISOString() }),
    },
    { abortSignal: signal },
  );
  try {
    for await (const { Items = [] } of pages) {
      yield Items.map((attributes) => idIn(readItem(item, attributes).pk));
    }
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
