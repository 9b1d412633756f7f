import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { tableName } from "../../local/aws/roles.ts";
import { makeTable, type Table } from "../../local/aws/table.ts";
import { boundTable, respondToCalls } from "./bound-table.ts";

export type Item = Readonly<Record<string, unknown>>;

/** One attempt of the SDK's client at a call to the table. */
export interface TableCall {
  /** Such as `UpdateItemCommand`. */
  readonly name: string;
  /** The key of a write, or undefined for a read. */
  readonly key: { readonly pk: string; readonly sk: string } | undefined;
  /** Makes the call, and rejects if it fails. */
  send(): Promise<unknown>;
  /** Reads the item after a write. */
  readItem(): Promise<Item>;
}

/** Makes each call of the SDK's client, or drops it. */
export type Attendant = (call: TableCall) => Promise<unknown>;

export interface AttendedTable extends Table {
  attend(attendant: Attendant): void;
}

/** The embedded table with the client of the functions. Each attempt of that client passes through an attendant. */
export async function startAttendedTable(): Promise<AttendedTable> {
  const table = await makeTable();
  respondToCalls(async ({ headers, body }) => {
    const { status, output } = await table.send(String(headers["x-amz-target"]), JSON.parse(body));
    return { status, body: JSON.stringify(output) };
  });
  let attendant: Attendant = (call) => call.send();
  boundTable.client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (request) => {
        const input = request.input as Written;
        const key = input.Item ?? input.Key ?? {};
        const sending: { result?: Awaited<ReturnType<typeof next>> } = {};
        await attendant({
          name: commandName,
          key: isWrite(commandName) ? { pk: key["pk"]?.S ?? "", sk: key["sk"]?.S ?? "" } : undefined,
          async send() {
            sending.result = await next(request);
          },
          readItem: async () => unmarshall(input.Item ?? (await readBack(table, key))),
        });
        if (!sending.result) throw new Error("The attendant has not sent the call");
        return sending.result;
      },
    // After the SDK's retry middleware, which shows each attempt.
    { step: "finalizeRequest", priority: "low", name: "attendant" },
  );
  return { ...table, attend: (next) => (attendant = next) };
}

type Attributes = Record<string, AttributeValue>;

const isWrite = (commandName: string) => ["PutItemCommand", "UpdateItemCommand"].includes(commandName);

interface Written {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
}

async function readBack(table: Table, key: unknown): Promise<Attributes> {
  const question = { TableName: tableName, Key: key, ConsistentRead: true };
  const { output } = await table.send("DynamoDB_20120810.GetItem", question);
  return output["Item"] as Attributes;
}
