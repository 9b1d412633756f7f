import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { KeyRange } from "../../lists/index-key.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { awsProblem } from "../faults.ts";
import { dynamodb } from "./client.ts";
import type { Attributes } from "./items.ts";
import type { indexes } from "./table-keys.ts";

/** Items of one read. They are a few KB, and DynamoDB ends a page at 1 MB. */
const readSize = 100;

/**
 * The newest entries of a range of an index, in one read. It is eventually consistent, as every read of an index is:
 * nothing may be decided by it.
 *
 * @param partition the value of the index's partition key.
 * @param read makes a value of an item.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; whatever `read` throws, such as `internal`
 *   where an item is not what Latchkey writes.
 */
export async function queryIndex<Value>(
  tableName: string,
  index: (typeof indexes)[keyof typeof indexes],
  partition: string,
  { from, before }: KeyRange,
  read: (attributes: Attributes) => Value,
  signal: AbortSignal,
): Promise<IndexRead<Value>> {
  const query = new QueryCommand({
    TableName: tableName,
    IndexName: index.name,
    KeyConditionExpression: "#partition = :partition AND #sort BETWEEN :from AND :before",
    ExpressionAttributeNames: { "#partition": index.partition, "#sort": index.sort },
    ExpressionAttributeValues: marshall({ ":partition": partition, ":from": from, ":before": before }),
    ScanIndexForward: false,
    Limit: readSize,
  });
  const { Items = [], LastEvaluatedKey } = await dynamodb
    .send(query, { abortSignal: signal })
    .catch((error: unknown) => {
      throw awsProblem(error, signal);
    });
  const entries = Items.map((item) => ({ key: item[index.sort]?.S ?? "", item }))
    // BETWEEN takes in both its ends.
    .filter(({ key }) => key < before)
    .map(({ key, item }) => ({ key, value: read(item) }));
  return { entries, hasMore: LastEvaluatedKey !== undefined };
}
