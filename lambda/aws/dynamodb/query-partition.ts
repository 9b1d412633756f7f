import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type PartitionRange, rangeOf } from "../../inventory/rows.ts";
import { awsProblem } from "../faults.ts";
import type { Attributes } from "./items.ts";
import type { Table } from "./table.ts";

/**
 * The first items of a range of a partition, at most `limit`, in one read. `hasMore` says whether there are others: DynamoDB ends
 * a page at 1 MB.
 *
 * @param isConsistent whether what was just written has to be there.
 * @throws Problem of `awsProblem`.
 */
export async function queryPartition(
  table: Table,
  { pk, after, upTo, limit, isConsistent }: PartitionRange & { pk: string; limit?: number; isConsistent?: true },
  signal: AbortSignal,
): Promise<{ readonly items: readonly Attributes[]; readonly hasMore: boolean }> {
  const query = new QueryCommand({
    TableName: table.name,
    KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :after AND :upTo",
    ExpressionAttributeNames: { "#pk": "pk", "#sk": "sk" },
    ExpressionAttributeValues: marshall({ ":pk": pk, ":after": after, ":upTo": upTo }),
    // BETWEEN includes both ends, and one more tells whether there is more.
    ...(limit !== undefined && { Limit: limit + 2 }),
    ...(isConsistent && { ConsistentRead: true }),
  });
  const { Items = [], LastEvaluatedKey } = await table.client
    .send(query, { abortSignal: signal })
    .catch((error: unknown) => {
      throw awsProblem(error, signal);
    });
  const items = Items.filter(({ sk }) => sk?.S !== after);
  return {
    items: items.slice(0, limit),
    hasMore: LastEvaluatedKey !== undefined || (limit !== undefined && items.length > limit),
  };
}

/** All items of a partition of places, in as many reads as it takes. Throws as `queryPartition`. */
export async function* wholePartition(table: Table, pk: string, signal: AbortSignal): AsyncIterable<Attributes> {
  for (let after: string | undefined, hasMore = true; hasMore; ) {
    const page = await queryPartition(table, { pk, ...rangeOf({}, after) }, signal);
    yield* page.items;
    after = page.items.at(-1)?.["sk"]?.S ?? after;
    hasMore = page.hasMore;
  }
}
