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

/** The embedded database, behind the stand-in that checks who calls. */
export interface Table {
  /** Where clients of the SDK reach it directly. */
  readonly url: string;
  /** Passes a call on as it is. */
  send(target: string, input: unknown): Promise<{ status: number; output: Record<string, unknown> }>;
  /** Puts items there without any check: what operators have registered. */
  seed(items: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** DynamoDB's bound on a batch of writes. */
const batchSize = 25;

/** Every attribute that is a key of the table or of an index, once. */
const keyAttributes = new Set([
  "pk",
  "sk",
  ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]),
]);

/** Starts dynalite with the one table, keyed and indexed as the stack's is. Nothing is ever cleaned up in it. */
export async function startTable(): Promise<Table> {
  const running = await listen(dynalite({ createTableMs: 0 }), 0);
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
      // dynalite answers every call with a JSON object, as DynamoDB does.
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

/** dynalite wants to see a signature, and does not check it. */
function forged(target: string): Record<string, string> {
  return {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": target,
    "X-Amz-Date": "20000101T000000Z",
    Authorization: "AWS4-HMAC-SHA256 Credential=dynalite, SignedHeaders=host, Signature=none",
  };
}
