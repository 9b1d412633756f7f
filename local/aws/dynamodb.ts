import {
  type Attributes,
  attributes,
  batchGet,
  getItem,
  leadingKeyOf,
  putItem,
  query,
  updateItem,
} from "./dynamodb-calls.ts";
import { json as jsonOf, readJson, targetBehind } from "./json-call.ts";
import { places } from "./roles.ts";
import { ServiceError, unknownToStandIn } from "./service-error.ts";
import type { Call, Service } from "./stand-in.ts";
import type { Table } from "./table.ts";
import type { TableStream } from "./table-stream.ts";

const targetPrefix = "DynamoDB_20120810.";

const json = (content: unknown, status?: number) => jsonOf("1.0", content, status);

/**
 * Stand-in for DynamoDB: dynalite, behind a check of the caller and the call. Each accepted write goes to the table's stream.
 */
export function dynamodbService(table: Table, stream: TableStream): Service {
  const inTurn = turns();
  return {
    name: "dynamodb",
    operationOf: (headers) => targetBehind(targetPrefix, headers),
    operations: {
      GetItem: async (call) => {
        const input = readJson(getItem, call);
        authorize(call, places.tableArn, [leadingKey(input.Key)]);
        return json(await send(table, call, input));
      },
      BatchGetItem: async (call) => {
        const input = readJson(batchGet, call);
        const keys = Object.values(input.RequestItems).flatMap(({ Keys }) => Keys);
        authorize(call, places.tableArn, keys.map(leadingKey));
        return json(await send(table, call, input));
      },
      Query: async (call) => {
        const input = readJson(query, call);
        const leading = leadingKeyOf(input);
        if (leading === undefined) throw unknownToStandIn(`the key condition ${input.KeyConditionExpression}`);
        authorize(call, `${places.tableArn}/index/${input.IndexName}`, [leading]);
        return json(await send(table, call, input));
      },
      PutItem: (call) => {
        const { Item, ...input } = readJson(putItem, call);
        authorize(call, places.tableArn, [leadingKey(Item)]);
        return inTurn(Item, async () => {
          const before = await send(table, call, { ...input, Item, ReturnValues: "ALL_OLD" });
          stream.add(before["Attributes"] ? "MODIFY" : "INSERT", Item);
          return json({});
        });
      },
      UpdateItem: (call) => {
        const { ReturnValues, ...input } = readJson(updateItem, call);
        authorize(call, places.tableArn, [leadingKey(input.Key)]);
        return inTurn(input.Key, async () => {
          const after = await send(table, call, { ...input, ReturnValues: "ALL_NEW" });
          stream.add("MODIFY", attributes.parse(after["Attributes"]));
          return json(ReturnValues ? after : {});
        });
      },
    },
    describeError: ({ code, message, status }) =>
      json({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }, status),
  };
}

const leadingKey = ({ pk }: Attributes) => String(pk?.["S"]);

function authorize(call: Call, resource: string, leadingKeys: readonly string[]): void {
  if (!call.allows(`dynamodb:${call.operation}`, resource, { "dynamodb:LeadingKeys": leadingKeys })) {
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
