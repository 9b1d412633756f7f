import { unmarshall } from "@aws-sdk/util-dynamodb";
import { beforeAll, beforeEach, jest } from "@jest/globals";
import { inventoryTableName, tableName } from "../../local/aws/roles.ts";
import { batchSize, makeTable, type Table } from "../../local/aws/table.ts";
import { respondToCalls } from "./bound-table.ts";
import { type RecordedRequest, type Script, type ScriptedResponse, useScript } from "./scripted-server.ts";

/** The table, as the client of `boundTable` reaches it. */
export interface EmbeddedTable {
  /** A request that no script covers gets the response of the table. */
  readonly service: Script;
  applied(request: RecordedRequest): Promise<ScriptedResponse>;
  /** The table applies the call, and its response is lost. */
  appliedThenLost(request: RecordedRequest): Promise<ScriptedResponse>;
  /** A stored item; undefined if there is none. */
  stored(key: { readonly pk: string; readonly sk: string }): Promise<Record<string, unknown> | undefined>;
  /** Stores items without any check. */
  seed(items: readonly object[], table?: string): Promise<void>;
}

/** Starts an embedded table for a test file. Each test begins with these items in it, and with no other. */
export function useEmbeddedTable(items: readonly object[] = []): EmbeddedTable {
  const service = useScript();
  let table: Table | undefined;
  let isAsBefore = false;
  const running = () => {
    if (!table) throw new Error("The table is not running yet");
    return table;
  };
  beforeAll(async () => {
    table = await makeTable();
    respondToCalls(service.next);
  });

  const applied = async ({ headers, body }: RecordedRequest): Promise<ScriptedResponse> => {
    if (!reads.test(String(headers["x-amz-target"]))) isAsBefore = false;
    const { status, output } = await running().send(String(headers["x-amz-target"]), JSON.parse(body));
    return { status, body: JSON.stringify(output) };
  };
  beforeEach(async () => {
    // No pause before the SDK sends again.
    jest.spyOn(Math, "random").mockReturnValue(0);
    service.respondAlways(applied);
    if (isAsBefore) return;
    await empty(running(), tableName);
    await empty(running(), inventoryTableName);
    await running().seed(items);
    isAsBefore = true;
  });
  return {
    service,
    applied,
    async appliedThenLost(request) {
      await applied(request);
      return "reset";
    },
    async stored({ pk, sk }) {
      const input = { TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
      const { output } = await running().send("DynamoDB_20120810.GetItem", input);
      return output["Item"] ? unmarshall(output["Item"] as Parameters<typeof unmarshall>[0]) : undefined;
    },
    seed(more, name) {
      isAsBefore = false;
      return running().seed(more, name);
    },
  };
}

const reads = /\.(Get|BatchGet|Query|Scan)[A-Za-z]*$/;

/** Deletes all items. */
async function empty(table: Table, name: string): Promise<void> {
  const { output } = await table.send("DynamoDB_20120810.Scan", {
    TableName: name,
    ProjectionExpression: "pk, sk",
  });
  const deletions = (output["Items"] as object[]).map((Key) => ({ DeleteRequest: { Key } }));
  for (let start = 0; start < deletions.length; start += batchSize) {
    const RequestItems = { [name]: deletions.slice(start, start + batchSize) };
    await table.send("DynamoDB_20120810.BatchWriteItem", { RequestItems });
  }
  if (output["LastEvaluatedKey"]) await empty(table, name);
}
