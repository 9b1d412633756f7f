import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import dynalite from "dynalite";
import { region } from "../account.ts";
import { listen } from "../loopback-server.ts";
import { tableName } from "./roles.ts";

/** The embedded database, behind the stand-in that checks who calls. */
export interface Table {
  /** Passes a call on as it is. */
  send(target: string, input: unknown): Promise<{ status: number; output: Record<string, unknown> }>;
  /** Puts items there without any check: what operators have registered. */
  seed(items: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** DynamoDB's bound on a batch of writes. */
const batchSize = 25;

/** Starts dynalite with the one table, keyed as the stack's is. */
export async function startTable(): Promise<Table> {
  const running = await listen(dynalite({ createTableMs: 0 }), 0);
  const endpoint = `http://127.0.0.1:${running.port}`;
  const credentials = { accessKeyId: "dynalite", secretAccessKey: "dynalite" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  return {
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

/** dynalite wants to see a signature, and does not check it. */
function forged(target: string): Record<string, string> {
  return {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": target,
    "X-Amz-Date": "20000101T000000Z",
    Authorization: "AWS4-HMAC-SHA256 Credential=dynalite, SignedHeaders=host, Signature=none",
  };
}
