import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { KeySchemaElement } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import dynalite from "dynalite";
import { indexes, projectedIn } from "../../lambda/aws/dynamodb/table-keys.ts";
import { inventoryTableName, tableName } from "./roles.ts";

/** The embedded database, behind the stand-in that checks callers. */
export interface Table {
  /** Passes a call on unchanged. */
  send(target: string, input: unknown): Promise<{ status: number; output: Record<string, unknown> }>;
  /** Puts items without any check, such as registered host keys. */
  seed(items: readonly object[], table?: string): Promise<void>;
}

/** DynamoDB's limit on a batch of writes. */
export const batchSize = 25;

/** Each attribute that is a key of the table or an index, once. */
const keyAttributes = new Set([
  "pk",
  "sk",
  ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]),
]);

/** Makes the tables of the stack, with keys and indexes, in a dynalite of its own. It never deletes expired items. */
export async function makeTable(): Promise<Table> {
  const database = dynalite({ createTableMs: 0 });
  const send: Table["send"] = (target, input) =>
    new Promise((resolve) => {
      const body = JSON.stringify(input);
      const request = Object.assign(Readable.from([Buffer.from(body)]), {
        method: "POST",
        url: "/",
        headers: forged(target),
      });
      const response = {
        statusCode: 200,
        setHeader() {},
        // dynalite responds to every call with a JSON object, as DynamoDB does.
        end: (text: string) => resolve({ status: response.statusCode, output: JSON.parse(text) }),
      };
      // It is a server that need not listen: a call in this process takes a fraction of the time.
      database.emit("request", request, response);
    });
  const sendOwn = async (operation: string, input: object) => {
    const { status, output } = await send(`DynamoDB_20120810.${operation}`, input);
    if (status !== 200) throw new Error(`${operation} failed: ${JSON.stringify(output)}`);
    return output;
  };
  await sendOwn("CreateTable", {
    TableName: inventoryTableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keySchema("pk", "sk"),
  });
  await sendOwn("CreateTable", {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...keyAttributes].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keySchema("pk", "sk"),
    GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index.partition, index.sort),
      Projection: projectionOf(projectedIn(index)),
    })),
  });
  const isActive = async (name: string) => {
    const { Table } = await sendOwn("DescribeTable", { TableName: name });
    return (Table as { TableStatus: string }).TableStatus === "ACTIVE";
  };
  while (!((await isActive(tableName)) && (await isActive(inventoryTableName)))) await setImmediate();
  return {
    send,
    async seed(items, name = tableName) {
      for (let start = 0; start < items.length; start += batchSize) {
        const requests = items
          .slice(start, start + batchSize)
          .map((item) => ({ PutRequest: { Item: marshall(item) } }));
        await sendOwn("BatchWriteItem", { RequestItems: { [name]: requests } });
      }
    },
  };
}

const projectionOf = (NonKeyAttributes: readonly string[] | undefined) =>
  NonKeyAttributes ? { ProjectionType: "INCLUDE", NonKeyAttributes } : { ProjectionType: "ALL" };

function keySchema(partition: string, sort: string): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: "HASH" },
    { AttributeName: sort, KeyType: "RANGE" },
  ];
}

/** dynalite needs a signature but does not check it. */
function forged(target: string): Record<string, string> {
  return {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": target,
    "x-amz-date": "20000101T000000Z",
    authorization: "AWS4-HMAC-SHA256 Credential=dynalite, SignedHeaders=host, Signature=none",
  };
}
