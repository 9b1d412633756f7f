import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { places, tableName } from "./roles.ts";
import { ServiceError, unknownToStandIn } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";
import type { Table } from "./table.ts";

/** What the table's stream would carry for one change: a new image of one item. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY";
  readonly newImage: Readonly<Record<string, unknown>>;
}

/** An item or a key: `{"pk": {"S": "…"}, …}`. */
const attributes = z.record(z.string(), z.record(z.string(), z.unknown()));

const batchGet = z.strictObject({
  // Whatever is decided on is read consistently.
  RequestItems: z.record(
    z.literal(tableName),
    z.strictObject({ Keys: z.array(attributes), ConsistentRead: z.literal(true) }),
  ),
});
const expression = {
  TableName: z.literal(tableName),
  // Every change of state is a conditional write.
  ConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ExpressionAttributeValues: attributes,
};
const putItem = z.strictObject({ ...expression, Item: attributes });
const updateItem = z.strictObject({ ...expression, Key: attributes, UpdateExpression: z.string() });

/**
 * What stands for DynamoDB: dynalite, behind a check of who calls and of what the call is like. Each write that it takes is
 * handed to `onRecord`, as a stream of new images would.
 */
export function dynamodbService(table: Table, onRecord: (record: StreamRecord) => void): Service {
  return {
    name: "dynamodb",
    operationOf: ({ "x-amz-target": target = "" }) => String(target).replace(/^DynamoDB_20120810\./, ""),
    operations: {
      BatchGetItem: (call) => {
        const input = read(batchGet, call);
        authorize(call, input.RequestItems[tableName]?.Keys ?? []);
        return forward(table, call, input);
      },
      PutItem: async (call) => {
        const input = read(putItem, call);
        authorize(call, [input.Item]);
        const before = await send(table, call, { ...input, ReturnValues: "ALL_OLD" });
        onRecord({ eventName: before["Attributes"] ? "MODIFY" : "INSERT", newImage: plain(input.Item) });
        return json({});
      },
      UpdateItem: async (call) => {
        const input = read(updateItem, call);
        authorize(call, [input.Key]);
        const { Attributes } = await send(table, call, { ...input, ReturnValues: "ALL_NEW" });
        onRecord({ eventName: "MODIFY", newImage: plain(attributes.parse(Attributes)) });
        return json({});
      },
    },
    describeError: ({ code, message, status }) =>
      json({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }, status),
  };
}

function read<T>(schema: z.ZodType<T>, call: Call): T {
  const parsed = schema.safeParse(JSON.parse(call.body.toString("utf8")));
  if (!parsed.success) throw unknownToStandIn(`such a ${call.operation}: ${z.prettifyError(parsed.error)}`);
  call.note(parsed.data);
  return parsed.data;
}

function authorize(call: Call, keys: readonly z.infer<typeof attributes>[]): void {
  const leadingKeys = keys.map(({ pk }) => String(pk?.["S"]));
  const context = { "dynamodb:LeadingKeys": leadingKeys };
  if (!call.allows(`dynamodb:${call.operation}`, places.tableArn, context)) {
    throw new ServiceError("AccessDeniedException", 400, "Not authorized");
  }
}

async function forward(table: Table, call: Call, input: unknown): Promise<Reply> {
  return json(await send(table, call, input));
}

/** @throws ServiceError with dynalite's own code, such as ConditionalCheckFailedException. */
async function send(table: Table, { operation }: Call, input: unknown): Promise<Record<string, unknown>> {
  const { status, output } = await table.send(`DynamoDB_20120810.${operation}`, input);
  if (status === 200) return output;
  const code = String(output["__type"]).replace(/^.*#/, "");
  throw new ServiceError(code, status, String(output["message"] ?? output["Message"] ?? ""));
}

/** The values as plain JavaScript. */
function plain(item: z.infer<typeof attributes>): Record<string, unknown> {
  // What is not a value of DynamoDB's has been refused by dynalite.
  return unmarshall(item as unknown as Record<string, AttributeValue>);
}

function json(content: unknown, status = 200): Reply {
  return { status, contentType: "application/x-amz-json-1.0", body: JSON.stringify(content) };
}
