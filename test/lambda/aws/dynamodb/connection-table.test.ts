import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { connectionStore } from "../../../../lambda/aws/dynamodb/connection-table.ts";
import { connectionKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import type { ConnectionState } from "../../../../lambda/connect/connection-state.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { jsonError } from "../../../support/scripted-server.ts";

const store = connectionStore(boundTable);

const table = useEmbeddedTable();
const { service, appliedThenLost } = table;

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
        id: `${connectionId}-${sequence}`,
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
  store.writeIntent(id, state(id, sequence, requestId), signal);
const conclude = (id: string, sequence: number, requestId?: string, time?: string) =>
  store.writeOutcome(id, state(id, sequence, requestId, time));

/** Writes the connection's states up to a number, each as it is to be. */
async function written(id: string, upTo: number): Promise<void> {
  for (let sequence = 1; sequence <= upTo; sequence++) {
    await (sequence % 2 === 1 ? intend(id, sequence) : conclude(id, sequence));
  }
}

const stored = (id: string) => table.stored(connectionKey(id));

describe("an intent", () => {
  test.each<[string, number, number, string]>([
    ["if the connection has one of another request", 1, 1, "request-2"],
    ["if the outcome has been written", 2, 1, "request-1"],
    ["that leaves a number out", 2, 5, "request-1"],
    ["that follows nothing", 0, 3, "request-1"],
    ["that follows an intent without an outcome", 1, 2, "request-1"],
    ["if another request is already pushing again", 3, 3, "request-2"],
  ])("is refused %s", async (_, upTo, sequence, requestId) => {
    const id = newConnection();
    await written(id, upTo);
    const before = await stored(id);
    const refused = store.writeIntent(id, { ...state(id, sequence, requestId), status: "intended" }, live());
    await expect(refused).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toEqual(before);
  });

  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["ConditionalCheckFailedException", 400, "upstream-failure"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("has failed with %s: %s %s", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(intend(newConnection())).rejects.toMatchObject({ code });
  });

  test("does not start after the deadline", async () => {
    const late = intend(newConnection(), 1, undefined, AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });

  test.each([1, 3])("that was written, but whose answer was lost, is no failure: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence - 1);
    service.respond(appliedThenLost);
    await intend(id, sequence);
    expect(await stored(id)).toMatchObject({ status: "intended", sequence });
  });

  test("is one item with its event, due until its outcome is written", async () => {
    const id = newConnection();
    await written(id, 1);
    expect(service.requests).toHaveLength(1);
    expect(await stored(id)).toMatchObject({
      status: "intended",
      sequence: 1,
      pushBy: "2026-01-02T03:04:10.000Z",
      due: "outcome",
      dueAt: "2026-01-02T03:04:40.000Z",
      events: [{ id: `${id}-1`, type: "latchkey.connection.intended" }],
    });
  });

  test("for a second push follows the outcome, and is due again", async () => {
    const id = newConnection();
    await written(id, 2);
    await store.writeIntent(id, { ...state(id, 3, "request-2"), pushBy: "2026-01-02T03:04:55.000Z" }, live());
    expect(await stored(id)).toMatchObject({
      status: "intended",
      sequence: 3,
      pushBy: "2026-01-02T03:04:55.000Z",
      due: "outcome",
      events: [{ id: `${id}-3` }],
    });
  });
});

describe("an outcome", () => {
  test.each<[string, number, number]>([
    ["if there is no intent", 0, 2],
    ["that leaves a number out", 1, 4],
    ["if there is one already", 2, 2],
    ["of an earlier push", 3, 2],
  ])("is refused %s", async (_, upTo, sequence) => {
    const id = newConnection();
    await written(id, upTo);
    const before = await stored(id);
    await expect(conclude(id, sequence, "request-2")).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toEqual(before);
  });

  test("is refused where another of the same request, such as the sweep's, was earlier", async () => {
    const id = newConnection();
    await written(id, 2);
    const late = conclude(id, 2, undefined, "2026-01-02T03:04:59.000Z");
    await expect(late).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored(id)).toMatchObject({ events: [{ time: at }] });
  });

  test("that was written, but whose answer was lost, is no failure", async () => {
    const id = newConnection();
    await written(id, 1);
    service.respond(appliedThenLost);
    await conclude(id, 2);
    expect(await stored(id)).toMatchObject({ status: "pushed", sequence: 2 });
  });

  test.each([2, 4])("follows its intent, and leaves what the intent alone knows: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence);
    const item = await stored(id);
    expect(item).toMatchObject({
      status: "pushed",
      sequence,
      pushBy: "2026-01-02T03:04:10.000Z",
      events: [{ id: `${id}-${sequence}`, type: "latchkey.connection.pushed" }],
    });
    expect(item).not.toHaveProperty("due");
    expect(item).not.toHaveProperty("dueAt");
  });
});

describe("a read of a connection", () => {
  const read = (id: string) => store.readConnection(id, live());

  test.each<[string, object]>([
    ["without a status", { sequence: 1, events: [{ data: {} }] }],
    ["without its event", { status: "pushed", sequence: 2, events: [] }],
    ["whose event is none", { status: "pushed", sequence: 2, events: [{ id: "1" }] }],
  ])("is a fault of ours, not AWS's, of an item %s", async (_, item) => {
    service.respond({ body: JSON.stringify({ Item: marshall(item) }) });
    await expect(read(newConnection())).rejects.toMatchObject({ code: "internal" });
  });

  test("is nothing where there is none", async () => {
    await expect(read(newConnection())).resolves.toBeUndefined();
    expect(service.requests.map(({ body }) => JSON.parse(body))).toMatchObject([{ ConsistentRead: true }]);
  });

  test.each([1, 2, 3])("is the state that was written last: number %s", async (sequence) => {
    const id = newConnection();
    await written(id, sequence);
    await expect(read(id)).resolves.toEqual(state(id, sequence));
  });
});
