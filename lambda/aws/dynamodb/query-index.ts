import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { KeyRange } from "../../lists/index-key.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { awsProblem } from "../faults.ts";
import type { Attributes } from "./items.ts";
import type { Table } from "./table.ts";
import type { indexes } from "./table-keys.ts";

/** Items of one read. They are a few KB, and DynamoDB ends a page at 1 MB. */
const usualSize = 100;

/** One partition of an index. */
export interface Partition {
  readonly index: (typeof indexes)[keyof typeof indexes];
  /** The value of the index's partition key. */
  readonly partition: string;
  /** Items of one read, if it is one of several that have a part each. */
  readonly readSize?: number;
}

/**
 * Reads the newest items of a range of an index, once. The read is eventually consistent, as every read of an index is, so
 * nothing may be authorized by it.
 *
 * @throws Problem of `awsProblem`.
 */
export async function queryIndex(
  table: Table,
  { index, partition, readSize = usualSize }: Partition,
  { from, before }: KeyRange,
  signal: AbortSignal,
): Promise<IndexRead<Attributes>> {
  const query = new QueryCommand({
    TableName: table.name,
    IndexName: index.name,
    KeyConditionExpression: "#partition = :partition AND #sort BETWEEN :from AND :before",
    ExpressionAttributeNames: { "#partition": index.partition, "#sort": index.sort },
    ExpressionAttributeValues: marshall({ ":partition": partition, ":from": from, ":before": before }),
    ScanIndexForward: false,
    Limit: readSize,
  });
  const { Items = [], LastEvaluatedKey } = await table.client
    .send(query, { abortSignal: signal })
    .catch((error: unknown) => {
      throw awsProblem(error, signal);
    });
  const entries = Items.map((value) => ({ key: value[index.sort]?.S ?? "", value }))
    // BETWEEN includes both ends.
    .filter(({ key }) => key < before);
  return { entries, hasMore: LastEvaluatedKey !== undefined, lastKey: entries.at(-1)?.key };
}
