import {
  type Attributes,
  attributes,
  attributesNamedIn,
  batchGet,
  deleteItem,
  getItem,
  leadingKeyOf,
  putItem,
  query,
  updateItem,
} from "./dynamodb-calls.ts";
import { json as jsonOf, readJson, targetBehind } from "./json-call.ts";
import { places, tableName } from "./roles.ts";
import { ServiceError, unknownToStandIn } from "./service-error.ts";
import type { Call, Service } from "./stand-in.ts";
import type { Table } from "./table.ts";
import type { TableStream } from "./table-stream.ts";

const targetPrefix = "DynamoDB_20120810.";

const json = (content: unknown, status?: number) => jsonOf("1.0", content, status);

/**
 * Stand-in for DynamoDB: dynalite, behind a check of the caller and the call. Each accepted write goes to the table's stream;
 * the inventory has none.
 */
export function dynamodbService(table: Table, stream: TableStream): Service {
  const inTurn = turns();
  return {
    name: "dynamodb",
    operationOf: (headers) => targetBehind(targetPrefix, headers),
    operations: {
      GetItem: async (call) => {
        const input = readJson(getItem, call);
        authorize(call, arnOf(input), [leadingKey(input.Key)]);
        return json(await send(table, call, input));
      },
      BatchGetItem: async (call) => {
        const input = readJson(batchGet, call);
        for (const [TableName, { Keys }] of Object.entries(input.RequestItems)) {
          authorize(call, arnOf({ TableName }), Keys.map(leadingKey));
        }
        return json(await send(table, call, input));
      },
      Query: async (call) => {
        const input = readJson(query, call);
        const leading = leadingKeyOf(input);
        if (leading === undefined) throw unknownToStandIn(`the key condition ${input.KeyConditionExpression}`);
        const arn = arnOf(input);
        authorize(call, input.IndexName ? `${arn}/index/${input.IndexName}` : arn, [leading]);
        return json(await send(table, call, input));
      },
      PutItem: (call) => {
        const { Item, ...input } = readJson(putItem, call);
        authorize(call, arnOf(input), [leadingKey(Item)], [...Object.keys(Item), ...attributesNamedIn(input)]);
        return inTurn(Item, async () => {
          const before = await send(table, call, { ...input, Item, ReturnValues: "ALL_OLD" });
          if (hasStream(input)) stream.add(before["Attributes"] ? "MODIFY" : "INSERT", Item);
          return json({});
        });
      },
      UpdateItem: (call) => {
        const { ReturnValues, ...input } = readJson(updateItem, call);
        const named = attributesNamedIn(input);
        authorize(call, arnOf(input), [leadingKey(input.Key)], [...Object.keys(input.Key), ...named]);
        return inTurn(input.Key, async () => {
          const after = attributes.parse(
            (await send(table, call, { ...input, ReturnValues: "ALL_NEW" }))["Attributes"],
          );
          if (hasStream(input)) stream.add("MODIFY", after);
          if (!ReturnValues) return json({});
          const set = attributesNamedIn({ ...input, ConditionExpression: "" });
          return json({ Attributes: Object.fromEntries(Object.entries(after).filter(([name]) => set.includes(name))) });
        });
      },
      DeleteItem: async (call) => {
        const input = readJson(deleteItem, call);
        // The table's own items are never deleted.
        if (hasStream(input)) throw unknownToStandIn("deletions of the table's items");
        authorize(
          call,
          arnOf(input),
          [leadingKey(input.Key)],
          [...Object.keys(input.Key), ...attributesNamedIn(input)],
        );
        return json(await send(table, call, input));
      },
    },
    describeError: ({ code, message, status }) =>
      json({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }, status),
  };
}

const hasStream = ({ TableName }: { readonly TableName: string }) => TableName === tableName;

const arnOf = (input: { readonly TableName: string }) =>
  hasStream(input) ? places.tableArn : places.inventoryTableArn;

const leadingKey = ({ pk }: Attributes) => String(pk?.["S"]);

/** @param attributes that a write names. Latchkey's reads name none: then IAM knows of none either. */
function authorize(
  call: Call,
  resource: string,
  leadingKeys: readonly string[],
  attributes: readonly string[] = [],
): void {
  const context = { "dynamodb:LeadingKeys": leadingKeys, "dynamodb:Attributes": attributes };
  if (!call.allows(`dynamodb:${call.operation}`, resource, context)) {
    throw new ServiceError("AccessDeniedException", 400, "Not authorized");
  }
}

/**
 * Serializes the writes of one item. The stream needs them in the table's order, and responses of the table may overtake each
 * other.
 */
function turns(): <T>(key: Attributes, write: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, write) => {
    const name = JSON.stringify([key["pk"], key["sk"]]);
    const mine = (last.get(name) ?? Promise.resolve()).then(write);
    const settled = mine
      .catch(() => {})
      .then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
    last.set(name, settled);
    return mine;
  };
}

/** @throws ServiceError with dynalite's own code, such as ConditionalCheckFailedException. */
async function send(table: Table, { operation }: Call, input: unknown): Promise<Record<string, unknown>> {
  const { status, output } = await table.send(`${targetPrefix}${operation}`, input);
  if (status === 200) return output;
  const code = String(output["__type"]).replace(/^.*#/, "");
  throw new ServiceError(code, status, String(output["message"] ?? output["Message"] ?? ""));
}
