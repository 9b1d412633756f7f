import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { FunctionName } from "../../../contract/routes.ts";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { type BusEvent, type DeliveredEvent, EventBus, eventsService } from "../../../local/aws/event-bus.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";

const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };

let heard: BusEvent[];
let bus: EventBus;
let server: RunningServer;
const clients: EventBridgeClient[] = [];
beforeAll(async () => {
  bus = new EventBus((event) => heard.push(event));
  server = await startStandIn(eventsService(bus), world);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.stop();
});
beforeEach(() => {
  heard = [];
  bus.events.length = 0;
  bus.fault = undefined;
  jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const entry = (Detail: string, EventBusName = "latchkey") => ({
  EventBusName,
  Source: "latchkey",
  DetailType: "latchkey.connection.pushed",
  Detail,
  Time: new Date(),
});

function put(entries: readonly ReturnType<typeof entry>[], name: FunctionName = "projector") {
  const { principal: _, ...credentials } = world.credentials.issue(functionRole(name));
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new EventBridgeClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  clients.push(client);
  return client.send(new PutEventsCommand({ Entries: [...entries] }));
}

describe("the bus takes nothing", () => {
  test.each(["connect", "access", "audit", "register", "service"] as const)("from %s", async (name) => {
    await expect(put([entry("{}")], name)).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(heard).toEqual([]);
  });

  test("for another bus, which it does not know", async () => {
    await expect(put([entry("{}", "default")])).rejects.toMatchObject({ name: "UnknownToStandIn" });
  });

  test("of more than ten entries", async () => {
    const many = Array.from({ length: 11 }, () => entry("{}"));
    await expect(put(many)).rejects.toMatchObject({ name: "UnknownToStandIn" });
    expect(heard).toEqual([]);
  });

  test("while it is down", async () => {
    bus.fault = "calls";
    await expect(put([entry("{}")])).rejects.toMatchObject({ name: "ServiceUnavailable" });
    expect(heard).toEqual([]);
  });

  test("while it refuses entries, which is no error of the call's", async () => {
    bus.fault = "entries";
    expect(await put([entry("{}")])).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: "InternalFailure" }],
    });
    expect(heard).toEqual([]);
  });
});

test.each(["", "{", "[]", '"text"', "null"])("an entry whose detail is %j fails alone", async (detail) => {
  const response = await put([entry(detail), entry('{"n":2}')]);
  expect(response).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: "MalformedDetail" }, { EventId: expect.any(String) }],
  });
  expect(heard.map((event) => event.detail)).toEqual([{ n: 2 }]);
});

test("events are kept and told in their order", async () => {
  expect(await put([entry('{"n":1}'), entry('{"n":2}')], "sweep")).toMatchObject({ FailedEntryCount: 0 });
  expect(heard).toEqual(
    [1, 2].map((n) => ({
      bus: "latchkey",
      source: "latchkey",
      "detail-type": "latchkey.connection.pushed",
      detail: { n },
    })),
  );
  expect(bus.events).toEqual(heard);
});

test("a rule delivers those that fit its pattern, as EventBridge wraps them", async () => {
  const delivered: DeliveredEvent[] = [];
  bus.addRule({ detail: { n: [2] } }, (event) => delivered.push(event));
  const response = await put([entry('{"n":1}'), { ...entry('{"n":2}'), Time: new Date("2026-03-04T05:06:07.890Z") }]);
  expect(delivered).toEqual([
    {
      version: "0",
      id: response.Entries?.[1]?.EventId,
      "detail-type": "latchkey.connection.pushed",
      source: "latchkey",
      account: "111122223333",
      time: "2026-03-04T05:06:07Z",
      region: "us-east-1",
      resources: [],
      detail: { n: 2 },
    },
  ]);
});
