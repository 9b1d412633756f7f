import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import dynalite from "dynalite";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import { region } from "../shared/account.ts";
import { listen } from "../shared/loopback-server.ts";
import { tableName } from "./roles.ts";

/** The embedded database, behind the stand-in that checks callers. */
export interface Table {
  /** The endpoint for direct use by the SDK. */
  readonly url: string;
  /** Passes a call on unchanged. */
  send(target: string, input: unknown): Promise<{ status: number; output: Record<string, unknown> }>;
  /** Puts items without any check, such as registered host keys. */
  seed(items: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** DynamoDB's limit on a batch of writes. */
export const batchSize = 25;

/** Each attribute that is a key of the table or an index, once. */
const keyAttributes = new Set([
  "pk",
  "sk",
  ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]),
]);

/** Starts dynalite with the table, keys and indexes of the stack. It never deletes expired items. */
export async function startTable(): Promise<Table> {
  const server = dynalite({ createTableMs: 0 });
  // No idle connection is closed: on a busy machine the client could reuse it in the same moment and would fail.
  server.keepAliveTimeout = 0;
  const running = await listen(server, 0);
  const endpoint = `http://127.0.0.1:${running.port}`;
  const credentials = { accessKeyId: "dynalite", secretAccessKey: "dynalite" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [...keyAttributes].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: keySchema("pk", "sk"),
      GlobalSecondaryIndexes: Object.values(indexes).map(({ name, partition, sort }) => ({
        IndexName: name,
        KeySchema: keySchema(partition, sort),
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  );
  return {
    url: endpoint,
    async send(target, input) {
      const response = await fetch(endpoint, { method: "POST", headers: forged(target), body: JSON.stringify(input) });
      // dynalite responds to every call with a JSON object, as DynamoDB does.
      return { status: response.status, output: (await response.json()) as Record<string, unknown> };
    },
    async seed(items) {
      for (let start = 0; start < items.length; start += batchSize) {
        const requests = items
          .slice(start, start + batchSize)
          .map((item) => ({ PutRequest: { Item: marshall(item) } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
      }
    },
    async stop() {
      client.destroy();
      await running.stop();
    },
  };
}

function keySchema(partition: string, sort: string): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: "HASH" },
    { AttributeName: sort, KeyType: "RANGE" },
  ];
}

/** dynalite needs a signature but does not check it. */
function forged(target: string): Record<string, string> {
  return {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": target,
    "X-Amz-Date": "20000101T000000Z",
    Authorization: "AWS4-HMAC-SHA256 Credential=dynalite, SignedHeaders=host, Signature=none",
  };
}
