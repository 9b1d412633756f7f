import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { type ConnectionState, deniedState } from "../../../lambda/audit/connection-trail.ts";
import { readConnection, writeDenial, writeIntent, writeOutcome } from "../../../lambda/aws/connection-table.ts";
import { startTable, type Table } from "../../../local/aws/table.ts";
import { type Answer, jsonError, type RecordedRequest, useScriptedAws } from "../../support/scripted-server.ts";

const service = useScriptedAws("DYNAMODB");
let table: Table | undefined;

beforeAll(async () => {
  table = await startTable();
});
afterAll(async () => table?.stop());
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

/** What a real table answers to a call. */
async function applied({ headers, body }: RecordedRequest): Promise<Answer> {
  const answer = await table?.send(String(headers["x-amz-target"]), JSON.parse(body));
  return { status: answer?.status ?? 500, body: JSON.stringify(answer?.output) };
}

/** The table takes the call, and its answer is lost on the way. */
async function appliedThenLost(request: RecordedRequest): Promise<Answer> {
  await applied(request);
  return "reset";
}

let connections = 0;
const newConnection = () => `connection-${++connections}`;

/** Intents have odd numbers, outcomes even ones. Another request's event has the same id. */
function state(connectionId: string, sequence: number, requestId = "request-1", time = at): ConnectionState {
  const status = sequence % 2 === 1 ? "intended" : "pushed";
  const due = { due: "outcome", dueAt: "2026-01-02T03:04:40.000Z" } as const;
  return {
    status,
    sequence,
    pushBy: "2026-01-02T03:04:10.000Z",
    ...(status === "intended" && due),
    events: [
      {
        specversion: "1.0",
        id: `${connectionId}.${sequence}`,
        source: "latchkey",
        type: `latchkey.connection.${status}`,
        subject: `connections/${connectionId}`,
        time,
        data: { sequence, requestId },
      },
    ],
  };
}

const at = "2026-01-02T03:04:05.000Z";
const live = () => new AbortController().signal;
const intend = (id: string, sequence = 1, requestId?: string, signal = live()) =>
  writeIntent("latchkey", id, state(id, sequence, requestId), signal);
const conclude = (id: string, sequence: number, requestId?: string, time?: string) =>
  writeOutcome("latchkey", id, state(id, sequence, requestId, time));

const denied = (connectionId: string) =>
  deniedState({
    connectionId,
    code: "access-denied",
    actor: "alice",
    subject: "alice",
    instanceId: "i-0123456789abcdef0",
    publicKeyFingerprint: "SHA256:abc",
    policies: [],
    policyDigest: "sha256:abc",
    requestId: "request-1",
    at: new Date(at),
  });

/** Writes the connection's states up to a number, each as it is to be. */
async function written(id: string, upTo: number): Promise<void> {
  for (let sequence = 1; sequence <= upTo; sequence++) {
    service.answer(applied);
    await (sequence % 2 === 1 ? intend(id, sequence) : conclude(id, sequence));
  }
}

async function stored(id: string): Promise<unknown> {
  const key = { pk: { S: `connection#${id}` }, sk: { S: "connection" } };
  const answer = await table?.send("DynamoDB_20120810.GetItem", { TableName: "latchkey", Key: key });
  return answer?.output["Item"];
}

describe("an intent", () => {
  test.each<[string, number, number, string]>([
    ["where the connection has one of another request", 1, 1, "request-2"],
    ["where the outcome has been written", 2, 1, "request-1"],
    ["that leaves a number out", 2, 5, "request-1"],
    ["that follows nothing", 0, 3, "request-1"],
    ["that follows an intent without an outcome", 1, 2, "request-1"],
    ["where another request pushes anew already", 3, 3, "request-2"],
  ])("is refused %s", async (_, upTo, sequence, requestId) => {
    const id = newConnection();
    await written(id, upTo);
    const before = await stored(id);
    service.answer(applied);
    const refused = writeIntent("latchkey", id, { ...state(id, sequence, requestId), status: "intended" }, live());
    await expect(refused).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toEqual(before);
  });

  test("is refused where the connection was denied", async () => {
    const id = newConnection();
    service.answer(applied, applied);
    await writeDenial("latchkey", id, denied(id), live());
    const anew = writeIntent("latchkey", id, { ...state(id, 2), status: "intended" }, live());
    await expect(anew).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ status: { S: "denied" } });
  });

  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["ConditionalCheckFailedException", 400, "upstream-failure"],
    ["AccessDeniedException", 400, "upstream-failure"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("has failed with %s: %s %s", async (name, status, code) => {
    service.answerAlways(jsonError(name, status));
    await expect(intend(newConnection())).rejects.toMatchObject({ code });
  });

  test("is not begun after the deadline", async () => {
    const late = intend(newConnection(), 1, undefined, AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });

  test.each([1, 3])("that was written, but whose answer was lost, is no failure: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence - 1);
    service.answer(appliedThenLost, applied);
    await intend(id, sequence);
    expect(await stored(id)).toMatchObject({ status: { S: "intended" }, sequence: { N: String(sequence) } });
  });

  test("is one item with its event, due until its outcome is written", async () => {
    const id = newConnection();
    await written(id, 1);
    expect(await stored(id)).toMatchObject({
      status: { S: "intended" },
      sequence: { N: "1" },
      pushBy: { S: "2026-01-02T03:04:10.000Z" },
      due: { S: "outcome" },
      dueAt: { S: "2026-01-02T03:04:40.000Z" },
      events: { L: [{ M: { id: { S: `${id}.1` }, type: { S: "latchkey.connection.intended" } } }] },
    });
  });

  test("to push anew follows the outcome, and is due again", async () => {
    const id = newConnection();
    await written(id, 2);
    service.answer(applied);
    await writeIntent("latchkey", id, { ...state(id, 3, "request-2"), pushBy: "2026-01-02T03:04:55.000Z" }, live());
    expect(await stored(id)).toMatchObject({
      status: { S: "intended" },
      sequence: { N: "3" },
      pushBy: { S: "2026-01-02T03:04:55.000Z" },
      due: { S: "outcome" },
      events: { L: [{ M: { id: { S: `${id}.3` } } }] },
    });
  });
});

describe("an outcome", () => {
  test.each<[string, number, number]>([
    ["where there is no intent", 0, 2],
    ["that leaves a number out", 1, 4],
    ["where there is one already", 2, 2],
    ["of an earlier push", 3, 2],
  ])("is refused %s", async (_, upTo, sequence) => {
    const id = newConnection();
    await written(id, upTo);
    const before = await stored(id);
    service.answer(applied);
    await expect(conclude(id, sequence, "request-2")).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toEqual(before);
  });

  test("is refused where another of the same request, such as the sweep's, was earlier", async () => {
    const id = newConnection();
    await written(id, 2);
    service.answer(applied);
    const late = conclude(id, 2, undefined, "2026-01-02T03:04:59.000Z");
    await expect(late).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ events: { L: [{ M: { time: { S: at } } }] } });
  });

  test("that was written, but whose answer was lost, is no failure", async () => {
    const id = newConnection();
    await written(id, 1);
    service.answer(appliedThenLost, applied);
    await conclude(id, 2);
    expect(await stored(id)).toMatchObject({ status: { S: "pushed" }, sequence: { N: "2" } });
  });

  test.each([2, 4])("follows its intent, and leaves what the intent alone knows: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence);
    const item = await stored(id);
    expect(item).toMatchObject({
      status: { S: "pushed" },
      sequence: { N: String(sequence) },
      pushBy: { S: "2026-01-02T03:04:10.000Z" },
      events: { L: [{ M: { id: { S: `${id}.${sequence}` }, type: { S: "latchkey.connection.pushed" } } }] },
    });
    expect(item).not.toHaveProperty("due");
    expect(item).not.toHaveProperty("dueAt");
  });
});

describe("a denial", () => {
  test("is refused where the connection is there", async () => {
    const id = newConnection();
    await written(id, 1);
    service.answer(applied);
    await expect(writeDenial("latchkey", id, denied(id), live())).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ status: { S: "intended" } });
  });

  test("that was written, but whose answer was lost, is no failure; and nothing is due of it", async () => {
    const id = newConnection();
    service.answer(appliedThenLost, applied);
    await writeDenial("latchkey", id, denied(id), live());
    const item = await stored(id);
    expect(item).toMatchObject({ status: { S: "denied" }, sequence: { N: "1" } });
    expect(item).not.toHaveProperty("due");
  });
});

describe("what is read of a connection", () => {
  const read = (id: string) => readConnection("latchkey", id, live());

  test.each<[string, object]>([
    ["without a status", { sequence: 1, events: [{ data: {} }] }],
    ["without its event", { status: "pushed", sequence: 2, events: [] }],
    ["whose event is none", { status: "pushed", sequence: 2, events: [{ id: "1" }] }],
  ])("is a fault of ours, not AWS's, of an item %s", async (_, item) => {
    service.answer({ body: JSON.stringify({ Item: marshall(item) }) });
    await expect(read(newConnection())).rejects.toMatchObject({ code: "internal" });
  });

  test("is nothing where there is none", async () => {
    service.answer(applied);
    await expect(read(newConnection())).resolves.toBeUndefined();
    expect(JSON.parse(service.requests[0]?.body ?? "")).toMatchObject({ ConsistentRead: true });
  });

  test.each([1, 2, 3])("is the state that was written last: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence);
    service.answer(applied);
    await expect(read(id)).resolves.toEqual(state(id, sequence));
  });
});
