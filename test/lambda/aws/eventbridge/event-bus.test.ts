import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { eventBus } from "../../../../lambda/aws/eventbridge/event-bus.ts";
import type { TrailEvent } from "../../../../lambda/shared/trail-event.ts";
import { eventOf } from "../../../support/fake-trail.ts";
import {
  jsonError,
  type RecordedRequest,
  type ScriptedResponse,
  useScriptedAws,
} from "../../../support/scripted-server.ts";

const service = useScriptedAws("EVENTBRIDGE");
const live = () => new AbortController().signal;
const put = (events: readonly TrailEvent[], signal = live()) =>
  eventBus({ region: "us-east-1" }, "latchkey").putEvents(events, signal);

/** The outcome of a call: for each event its id, and its fault if there is one. */
async function verdicts(outcomes: ReturnType<typeof put>) {
  return (await outcomes).map(({ event, fault }) => (fault ? `${event.id} ${fault.code}` : event.id));
}

const events = (count: number, padding = 0) =>
  Array.from({ length: count }, (_, index): TrailEvent => {
    const event = eventOf(`c${index}`, 1);
    return padding > 0 ? { ...event, data: { ...event.data, comment: "x".repeat(padding) } } : event;
  });

const entriesOf = ({ body }: RecordedRequest): { Detail: string }[] => JSON.parse(body).Entries;

/** A response of the bus that takes all entries but some. */
const taking =
  (refused: Readonly<Record<number, string>> = {}) =>
  (request: RecordedRequest): ScriptedResponse => {
    const Entries = entriesOf(request).map((_, index) => {
      const ErrorCode = refused[index];
      return ErrorCode ? { ErrorCode, ErrorMessage: `It says ${ErrorCode}` } : { EventId: `bus-${index}` };
    });
    return { body: JSON.stringify({ FailedEntryCount: Object.keys(refused).length, Entries }) };
  };

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("a call that fails is a fault of each of its events:", () => {
  test.each([
    ["ThrottlingException", 400, "upstream-unavailable"],
    ["ServiceUnavailable", 503, "upstream-unavailable"],
    ["InternalException", 500, "upstream-failure"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["ResourceNotFoundException", 400, "upstream-failure"],
  ])("%s", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(verdicts(put(events(2)))).resolves.toEqual([`c0-1 ${code}`, `c1-1 ${code}`]);
  });

  test("the bus cannot be reached", async () => {
    service.respondAlways("reset");
    await expect(verdicts(put(events(1)))).resolves.toEqual(["c0-1 upstream-unavailable"]);
  });

  test("the bus does not respond in time", async () => {
    service.respondAlways("silence");
    await expect(verdicts(put(events(1), AbortSignal.timeout(100)))).resolves.toEqual(["c0-1 deadline-exceeded"]);
  });

  test("the deadline has passed before", async () => {
    await expect(verdicts(put(events(1), AbortSignal.abort()))).resolves.toEqual(["c0-1 deadline-exceeded"]);
    expect(service.requests).toEqual([]);
  });

  test("but not of the events of the next call", async () => {
    service.respond(jsonError("ValidationException", 400), taking());
    const told = await verdicts(put(events(12)));
    expect(told.slice(0, 10).every((verdict) => verdict.endsWith("upstream-failure"))).toBe(true);
    expect(told.slice(10)).toEqual(["c10-1", "c11-1"]);
  });
});

describe("a call that gets a response", () => {
  test("says for each entry whether the bus has it", async () => {
    service.respond(taking({ 0: "ThrottlingException", 2: "InternalFailure", 3: "MalformedDetail" }));
    await expect(verdicts(put(events(5)))).resolves.toEqual([
      "c0-1 upstream-unavailable",
      "c1-1",
      "c2-1 upstream-failure",
      "c3-1 upstream-failure",
      "c4-1",
    ]);
  });

  test.each([
    ["no entries", { FailedEntryCount: 0 }],
    ["fewer entries than it got", { FailedEntryCount: 0, Entries: [] }],
    ["an entry with neither id nor error", { FailedEntryCount: 0, Entries: [{}] }],
  ])("with %s counts as having taken nothing", async (_, response) => {
    service.respond({ body: JSON.stringify(response) });
    await expect(verdicts(put(events(1)))).resolves.toEqual(["c0-1 upstream-failure"]);
  });

  test("succeeds after throttling", async () => {
    service.respond(jsonError("ThrottlingException", 400), taking());
    await expect(verdicts(put(events(2)))).resolves.toEqual(["c0-1", "c1-1"]);
  });
});

describe("what goes on the bus", () => {
  test("no events make no call", async () => {
    await expect(put([])).resolves.toEqual([]);
    expect(service.requests).toEqual([]);
  });

  test("an event is a CloudEvent under its type", async () => {
    service.respond(taking());
    const [event] = events(1);
    await put(events(1));
    const [request] = service.requests;
    expect(request?.headers["x-amz-target"]).toBe("AWSEvents.PutEvents");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      Entries: [
        {
          EventBusName: "latchkey",
          Source: "latchkey",
          DetailType: "latchkey.connection.intended",
          Time: Date.parse("2026-01-02T03:04:05.000Z") / 1000,
          Detail: JSON.stringify(event),
        },
      ],
    });
  });

  test.each<[string, number, number, number[]]>([
    ["ten small ones are one call", 10, 0, [10]],
    ["eleven are two", 11, 0, [10, 1]],
    ["of 100 KB each, two are one call", 5, 100_000, [2, 2, 1]],
    ["of 250 KB each, every one is a call", 2, 250_000, [1, 1]],
  ])("%s", async (_, count, padding, calls) => {
    service.respond(...calls.map(() => taking()));
    await expect(verdicts(put(events(count, padding)))).resolves.toEqual(events(count).map(({ id }) => id));
    expect(service.requests.map((request) => entriesOf(request).length)).toEqual(calls);
  });

  /** Bytes of an entry without padding, as EventBridge reckons: 14 for the time, source, detail type, detail. */
  const bare = (event: TrailEvent) =>
    14 +
    "latchkey".length +
    event.type.length +
    JSON.stringify({ ...event, data: { ...event.data, comment: "" } }).length;
  const fits = 256 * 1024 - 1 - bare(eventOf("c0", 1));

  test("an entry of less than 256 KB goes, and one byte more does not, without a call", async () => {
    service.respond(taking());
    await expect(verdicts(put(events(1, fits)))).resolves.toEqual(["c0-1"]);
    await expect(verdicts(put(events(1, fits + 1)))).resolves.toEqual(["c0-1 internal"]);
    expect(service.requests).toHaveLength(1);
  });

  test("one that is too large keeps none of the others", async () => {
    service.respond(taking(), taking());
    const [small, large, last] = [eventOf("a", 1), events(1, fits + 1)[0] ?? eventOf("b", 1), eventOf("c", 1)];
    await expect(verdicts(put([small, large, last]))).resolves.toEqual(["a-1", "c0-1 internal", "c-1"]);
  });
});
