import { isDeepStrictEqual } from "node:util";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { tableName } from "../../local/aws/roles.ts";
import { makeTable, type Table } from "../../local/aws/table.ts";
import { boundTable, respondToCalls } from "./bound-table.ts";
import { makeQuickTable } from "./quick-table.ts";

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
  /** Empties it, if that is quick. */
  clear?(): void;
}

/** As often as the SDK's client sends a call. */
const mostAttempts = 3;

/** The quick table, without the SDK's client: its calls go to the table as they are, and are sent again as that client does. */
export function startQuickTable(): AttendedTable {
  const table = makeQuickTable();
  let attendant: Attendant = (call) => call.send();
  const attempt = async (command: { readonly input: Written; readonly constructor: { readonly name: string } }) => {
    const { input } = command;
    const { name } = command.constructor;
    const key = input.Item ?? input.Key ?? {};
    const sending: { output?: object } = {};
    await attendant({
      name,
      key: isWrite(name) ? { pk: key["pk"]?.S ?? "", sk: key["sk"]?.S ?? "" } : undefined,
      async send() {
        const { status, output } = await table.send(`DynamoDB_20120810.${name.replace("Command", "")}`, input);
        if (status !== 200) throw Object.assign(new Error("refused"), { name: "ConditionalCheckFailedException" });
        sending.output = output;
      },
      readItem: async () => unmarshall(await readBack(table, { pk: key["pk"], sk: key["sk"] })),
    });
    if (!sending.output) throw new Error("The attendant has not sent the call");
    return sending.output;
  };
  const send = async (command: Parameters<typeof attempt>[0], { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    for (let attempts = 1; ; attempts += 1) {
      abortSignal?.throwIfAborted();
      try {
        return await attempt(command);
      } catch (error) {
        if (!(error instanceof Error && "code" in error) || attempts === mostAttempts) throw error;
      }
    }
  };
  Object.assign(boundTable.client, { send });
  return { ...table, attend: (next) => (attendant = next) };
}

/**
 * The embedded table with the client of the functions. Each attempt of that client passes through an attendant.
 *
 * @param isMirrored whether each call is also made to the quick table, which must respond alike: of calls one after another.
 */
export async function startAttendedTable(isMirrored = false): Promise<AttendedTable> {
  const table = isMirrored ? mirrored(await makeTable(), makeQuickTable()) : await makeTable();
  let attendant: Attendant = (call) => call.send();
  const refused = Object.assign(new Error("refused"), { name: "ConditionalCheckFailedException" });
  respondToCalls(async ({ headers, body }) => {
    const target = String(headers["x-amz-target"]);
    const input = JSON.parse(body) as Written;
    const name = `${target.split(".")[1]}Command`;
    const key = input.Item ?? input.Key ?? {};
    const sending: { response?: { status: number; body: string } } = {};
    const attending = attendant({
      name,
      key: isWrite(name) ? { pk: key["pk"]?.S ?? "", sk: key["sk"]?.S ?? "" } : undefined,
      async send() {
        const { status, output } = await table.send(target, input);
        sending.response = { status, body: JSON.stringify(output) };
        if (status !== 200) throw refused;
      },
      readItem: async () => unmarshall(input.Item ?? (await readBack(table, key))),
    });
    await attending.catch((error: unknown) => {
      if (error !== refused) throw error;
    });
    if (!sending.response) throw new Error("The attendant has not sent the call");
    return sending.response;
  });
  return { ...table, attend: (next) => (attendant = next) };
}

/** A table whose every response another one gives, too. */
function mirrored(table: Table, other: Table): Table {
  return {
    ...table,
    async send(target, input) {
      const [own, others] = [await table.send(target, input), await other.send(target, input)];
      const isSame =
        own.status === others.status && (own.status !== 200 || isDeepStrictEqual(inOrder(own), inOrder(others)));
      if (!isSame) throw new Error(`The tables differ: ${JSON.stringify({ target, input, own, others })}`);
      return own;
    },
  };
}

/** Batches come in any order, and so do the members of sets. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(inOrder).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inOrder(each)]));
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
