import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { ConnectionState } from "../../../lambda/audit/connection-trail.ts";
import { writeIntent, writeOutcome } from "../../../lambda/aws/connection-table.ts";
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

function state(connectionId: string, sequence: number, eventId = `${connectionId}.${sequence}`): ConnectionState {
  const status = sequence === 1 ? "intended" : "pushed";
  return {
    status,
    sequence,
    pushBy: "2026-01-02T03:04:10.000Z",
    event: {
      specversion: "1.0",
      id: eventId,
      source: "latchkey",
      type: `latchkey.connection.${status}`,
      subject: `connections/${connectionId}`,
      time: "2026-01-02T03:04:05.000Z",
      data: { sequence },
    },
  };
}

const intend = (id: string, eventId?: string, signal = new AbortController().signal) =>
  writeIntent("latchkey", id, state(id, 1, eventId), signal);
const conclude = (id: string, sequence: number, eventId?: string) =>
  writeOutcome("latchkey", id, state(id, sequence, eventId));

async function stored(id: string): Promise<unknown> {
  const key = { pk: { S: `connection#${id}` }, sk: { S: "connection" } };
  const answer = await table?.send("DynamoDB_20120810.GetItem", { TableName: "latchkey", Key: key });
  return answer?.output["Item"];
}

describe("an intent", () => {
  test("is refused where the connection has one that another event made", async () => {
    const id = newConnection();
    service.answer(applied, applied);
    await intend(id);
    await expect(intend(id, "another-event")).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ event: { M: { id: { S: `${id}.1` } } } });
  });

  test("is refused where the outcome has been written", async () => {
    const id = newConnection();
    service.answer(applied, applied, applied);
    await intend(id);
    await conclude(id, 2);
    await expect(intend(id)).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ status: { S: "pushed" } });
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
    const late = intend(newConnection(), undefined, AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });

  test("that was written, but whose answer was lost, is no failure", async () => {
    const id = newConnection();
    service.answer(appliedThenLost, applied);
    await intend(id);
    expect(await stored(id)).toMatchObject({ status: { S: "intended" } });
  });

  test("is one item with its event", async () => {
    const id = newConnection();
    service.answer(applied);
    await intend(id);
    expect(await stored(id)).toMatchObject({
      status: { S: "intended" },
      sequence: { N: "1" },
      pushBy: { S: "2026-01-02T03:04:10.000Z" },
      event: { M: { id: { S: `${id}.1` }, type: { S: "latchkey.connection.intended" } } },
    });
  });
});

describe("an outcome", () => {
  test.each([
    ["where there is no intent", 2, []],
    ["that leaves a number out", 3, [1]],
    ["that repeats a number under another event", 1, [1]],
    ["where there is one already", 2, [1, 2]],
  ])("is refused %s", async (_, sequence, written) => {
    const id = newConnection();
    service.answer(...written.map(() => applied), applied);
    for (const each of written) await (each === 1 ? intend(id) : conclude(id, each));
    const before = await stored(id);
    await expect(conclude(id, sequence, "another-event")).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toEqual(before);
  });

  test("that was written, but whose answer was lost, is no failure", async () => {
    const id = newConnection();
    service.answer(applied, appliedThenLost, applied);
    await intend(id);
    await conclude(id, 2);
    expect(await stored(id)).toMatchObject({ status: { S: "pushed" }, sequence: { N: "2" } });
  });

  test("follows its intent, and leaves what the intent alone knows", async () => {
    const id = newConnection();
    service.answer(applied, applied);
    await intend(id);
    await conclude(id, 2);
    expect(await stored(id)).toMatchObject({
      status: { S: "pushed" },
      sequence: { N: "2" },
      pushBy: { S: "2026-01-02T03:04:10.000Z" },
      event: { M: { id: { S: `${id}.2` }, type: { S: "latchkey.connection.pushed" } } },
    });
  });
});
