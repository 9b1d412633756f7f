import { setImmediate } from "node:timers/promises";
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { DynamoDBRecord } from "aws-lambda";
import type { FunctionName } from "../../../contract/routes.ts";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { dynamodbService } from "../../../local/aws/dynamodb.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import { makeTable, type Table } from "../../../local/aws/table.ts";
import { TableStream } from "../../../local/aws/table-stream.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";

const clock = () => new Date("2026-01-02T03:04:05Z");
const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
const TableName = "latchkey";

let table: Table;
let server: RunningServer;
let stream: TableStream;
const clients: DynamoDBClient[] = [];
beforeAll(async () => {
  table = await makeTable();
  stream = new TableStream(clock);
  server = await startStandIn(dynamodbService(table, stream), world);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.stop();
});

let complaint: ReturnType<typeof jest.spyOn>;
beforeEach(() => {
  complaint = jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => complaint.mockRestore());

function as(name: FunctionName, port = server.port): DynamoDBClient {
  const { principal: _, ...credentials } = world.credentials.issue(functionRole(name));
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "current" } });
const get = (pk: string) => new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true });
const put = (pk: string, more: object = {}) =>
  new PutItemCommand({
    TableName,
    Item: { ...key(pk), ...marshall(more) },
    ConditionExpression: "attribute_not_exists(pk) OR pk = :pk",
    ExpressionAttributeValues: { ":pk": { S: pk } },
  });
const count = (pk: string, ReturnValues?: "UPDATED_NEW") =>
  new UpdateItemCommand({
    TableName,
    Key: key(pk),
    UpdateExpression: "SET #n = if_not_exists(#n, :zero) + :one",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: { "#n": "sequence" },
    ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" } },
    ...(ReturnValues && { ReturnValues }),
  });
const find = (IndexName: string, name: string, value: string, KeyConditionExpression = "#p = :p") =>
  new QueryCommand({
    TableName,
    IndexName,
    KeyConditionExpression,
    ExpressionAttributeNames: { "#p": name },
    ExpressionAttributeValues: { ":p": { S: value } },
  });

describe("who may not", () => {
  test.each([
    ["write an event", "access", put("event#1")],
    ["read a connection", "access", get("connection#1")],
    ["write an access request", "projector", put("access#1")],
    ["write a connection", "access", put("connection#1")],
    ["read an access request", "audit", get("access#1")],
    ["write anything", "audit", put("event#1")],
    ["change an access request", "wait", count("access#1")],
    ["list access requests", "audit", find("access-requests", "listed", "access-request")],
    ["search events", "access", find("events", "trail", "event")],
    [
      "search connections",
      "connect",
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "connection#1" } },
        ConsistentRead: true,
      }),
    ],
    ["see what is due", "projector", find("due", "due", "publication")],
    [
      "read a batch that is only in part its own",
      "instances",
      new BatchGetItemCommand({
        RequestItems: { [TableName]: { Keys: [key("access#1"), key("connection#1")], ConsistentRead: true } },
      }),
    ],
  ] as const)("%s: %s", async (_, name, command) => {
    // The SDK's commands have no type in common that its client takes.
    await expect(as(name).send(command as GetItemCommand)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("what it does not know is an error that nobody can overlook", () => {
  test.each([
    ["a read that may be stale", new GetItemCommand({ TableName, Key: key("access#1") })],
    ["a write without a condition", new PutItemCommand({ TableName, Item: key("access#1") })],
    ["a deletion", new DeleteItemCommand({ TableName, Key: key("access#1") })],
    ["a scan", new ScanCommand({ TableName })],
    [
      "a search of the table itself that may be stale",
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "access#1" } },
      }),
    ],
    ["a search whose leading key it cannot tell", find("access-requests", "listed", "x", "begins_with(#p, :p)")],
    ["a search by another attribute", find("access-requests", "due", "access-request")],
  ])("%s", async (_, command) => {
    await expect(as("access").send(command as GetItemCommand)).rejects.toMatchObject({ name: "UnknownToStandIn" });
    expect(complaint).toHaveBeenCalled();
  });
});

describe("a role's own permission", () => {
  test("an item that has been written is read", async () => {
    await as("access").send(put("access#read", { status: "pending" }));
    const { Item } = await as("wait").send(get("access#read"));
    expect(Item).toEqual({ ...key("access#read"), status: { S: "pending" } });
  });

  test("a search finds what has both the index's keys, by the sort key", async () => {
    const listed = (at: string) => ({ listed: "access-request", listedAt: at });
    await as("access").send(put("access#b", listed("2026-01-02")));
    await as("access").send(put("access#a", listed("2026-01-01")));
    await as("access").send(put("access#c", { listed: "access-request" }));
    const { Items } = await as("access").send(find("access-requests", "listed", "access-request"));
    expect(Items?.map(({ pk }) => pk?.S)).toEqual(["access#a", "access#b"]);
  });

  test("a change answers what it has set where it is asked to, and nothing else", async () => {
    await as("access").send(put("access#counted"));
    expect((await as("access").send(count("access#counted"))).Attributes).toBeUndefined();
    expect((await as("access").send(count("access#counted", "UPDATED_NEW"))).Attributes).toEqual({
      sequence: { N: "2" },
    });
  });
});

test.each([
  ["an attribute that only the projector may write", "SET #n = :value", { "#n": "trail" }],
  ["the same without an alias", "SET trail = :value", undefined],
  ["the same as a part of another function's attribute", "SET #n.#m = :value", { "#n": "event", "#m": "status" }],
])("access cannot set %s", async (_, UpdateExpression, ExpressionAttributeNames) => {
  const update = new UpdateItemCommand({
    TableName,
    Key: key("access#forged"),
    UpdateExpression,
    ConditionExpression: "attribute_not_exists(pk)",
    ExpressionAttributeNames,
    ExpressionAttributeValues: { ":value": { S: "event" } },
  });
  await expect(as("access").send(update)).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(as("access").send(put("access#forged", { trail: "event", filedAt: "2026" }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

describe("the stream", () => {
  test("has no write that was refused", async () => {
    const before = stream.records.length;
    const refused = as("access").send(count("access#absent"));
    await expect(refused).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    expect(stream.records.slice(before)).toEqual([]);
  });

  test("has each write, as DynamoDB tells it", async () => {
    const told: DynamoDBRecord[] = [];
    stream.readBy((record) => told.push(record));
    await as("access").send(put("access#told", { sequence: 1 }));
    await as("access").send(count("access#told"));
    expect(stream.records.slice(-2)).toEqual([
      { eventName: "INSERT", newImage: { pk: "access#told", sk: "current", sequence: 1 } },
      { eventName: "MODIFY", newImage: { pk: "access#told", sk: "current", sequence: 2 } },
    ]);
    expect(told).toMatchObject([
      {
        eventName: "INSERT",
        eventSource: "aws:dynamodb",
        dynamodb: {
          ApproximateCreationDateTime: clock().getTime() / 1000,
          Keys: key("access#told"),
          NewImage: { ...key("access#told"), sequence: { N: "1" } },
          StreamViewType: "NEW_IMAGE",
        },
      },
      { eventName: "MODIFY", dynamodb: { NewImage: { ...key("access#told"), sequence: { N: "2" } } } },
    ]);
    const numbers = told.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? "");
    expect(numbers).toEqual([...new Set(numbers)].sort());
  });

  test("has the writes of one item in the order in which they were made, although the first response is late", async () => {
    let writes = 0;
    let arrived = 0;
    const slow: Table = {
      ...table,
      async send() {
        const n = ++writes;
        // Until the other calls have arrived at the stand-in, and had their chance to overtake.
        while (n === 1 && arrived < 3) await setImmediate();
        if (n === 1) for (let turn = 0; turn < 100; turn += 1) await setImmediate();
        return { status: 200, output: { Attributes: { ...key("access#busy"), sequence: { N: String(n) } } } };
      },
    };
    const changes = new TableStream(clock);
    const service = dynamodbService(slow, changes);
    const UpdateItem: (typeof service.operations)[string] = (call) => {
      arrived += 1;
      return service.operations["UpdateItem"]?.(call) ?? Promise.reject();
    };
    const late = await startStandIn({ ...service, operations: { UpdateItem } }, world);
    const client = as("access", late.port);
    await Promise.all([1, 2, 3].map(() => client.send(count("access#busy")))).finally(() => late.stop());
    expect(changes.records.map(({ newImage }) => newImage["sequence"])).toEqual([1, 2, 3]);
  });
});
