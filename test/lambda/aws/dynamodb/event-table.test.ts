import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { dueIndex } from "../../../../lambda/aws/dynamodb/due-items.ts";
import { eventStore } from "../../../../lambda/aws/dynamodb/event-table.ts";
import { eventKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { indexKey } from "../../../../lambda/lists/index-key.ts";
import type { TrailEvent } from "../../../../lambda/shared/trail-event.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { eventOf } from "../../../support/fake-trail.ts";
import { jsonError } from "../../../support/scripted-server.ts";

const table = useEmbeddedTable();
const { service, appliedThenLost } = table;

const filedAt = new Date("2026-01-02T03:04:06.000Z");
const live = () => new AbortController().signal;
const file = (event: TrailEvent, at = filedAt, signal = live()) => eventStore(boundTable).fileEvent(event, at, signal);
const mark = (id: string) => eventStore(boundTable).markPublished(id, live());
const readWaiting = (id: string) => eventStore(boundTable).readWaitingEvent(id, live());

let connections = 0;
const newEvent = () => eventOf(`connection-${++connections}`, 1);

const stored = (id: string) => table.stored(eventKey(id));

async function idsDue(due: Parameters<ReturnType<typeof dueIndex>["findDue"]>[0], until: Date): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of dueIndex(boundTable).findDue(due, until, live())) ids.push(...page);
  return ids;
}

describe("an event that cannot be filed", () => {
  test.each([
    ["ProvisionedThroughputExceededException", 400, "upstream-unavailable"],
    ["ThrottlingException", 400, "upstream-unavailable"],
    ["AccessDeniedException", 400, "aws-refused"],
    ["InternalServerError", 500, "upstream-failure"],
  ])("is told so: %s", async (name, status, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(file(newEvent())).rejects.toMatchObject({ code });
    await expect(mark("1")).rejects.toMatchObject({ code });
    await expect(readWaiting("1")).rejects.toMatchObject({ code });
    await expect(idsDue("publication", filedAt)).rejects.toMatchObject({ code });
  });

  test("does not start after the deadline", async () => {
    await expect(file(newEvent(), filedAt, AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toEqual([]);
  });
});

describe("an event that is filed", () => {
  test("waits for the bus, and is found by what it is about", async () => {
    const event = newEvent();
    await expect(file({ ...event, data: { ...event.data, accessRequestId: "ar-1" } })).resolves.toBe("waiting");
    expect(service.requests).toHaveLength(1);
    expect(await stored(event.id)).toEqual({
      pk: `event#${event.id}`,
      sk: "event",
      v: 1,
      event: { ...event, data: { ...event.data, accessRequestId: "ar-1" } },
      trail: expect.stringMatching(/^[0-3]$/),
      aboutType: expect.stringMatching(/^latchkey\.connection\.intended\/[0-3]$/),
      aboutActor: "alice",
      filedAt: indexKey(event.time, event.subject, event.data.sequence),
      aboutInstance: "111122223333/us-east-1/i-0123456789abcdef0",
      aboutSubject: "alice",
      aboutAccessRequest: "ar-1",
      due: "publication",
      dueAt: "2026-01-02T03:04:06.000Z",
    });
  });

  test("about nothing in particular is in no index that asks for it", async () => {
    const event = { ...newEvent(), data: { sequence: 1, subject: "", instanceId: 5 } };
    await file(event);
    const item = await stored(event.id);
    for (const name of ["aboutInstance", "aboutSubject", "aboutActor", "aboutAccessRequest"])
      expect(item).not.toHaveProperty(name);
  });

  test("again still waits, since when it did, and nothing is written", async () => {
    const event = newEvent();
    await file(event);
    await expect(file(event, new Date("2027-01-01T00:00:00Z"))).resolves.toBe("waiting");
    expect(await stored(event.id)).toMatchObject({ dueAt: "2026-01-02T03:04:06.000Z" });
    expect(JSON.parse(service.requests.at(-1)?.body ?? "")).toMatchObject({ ConsistentRead: true });
  });

  test("again after it was put on the bus waits no more", async () => {
    const event = newEvent();
    await file(event);
    await mark(event.id);
    await expect(file(event)).resolves.toBe("published");
    expect(await stored(event.id)).not.toHaveProperty("due");
  });

  test("and whose answer was lost, waits", async () => {
    const event = newEvent();
    service.respond(appliedThenLost);
    await expect(file(event)).resolves.toBe("waiting");
  });

  test("is in one of four shards: those of one minute spread over all", async () => {
    const minute = Array.from({ length: 24 }, (_, n) => eventOf(`parallel-${n}`, 1));
    const store = eventStore(boundTable);
    for (const event of minute) await store.fileEvent(event, filedAt, live());
    const items = await Promise.all(minute.map(({ id }) => stored(id)));
    const counts = Map.groupBy(items, (item) => item?.["trail"]);
    expect([...counts.keys()].sort()).toEqual(["0", "1", "2", "3"]);
    for (const shard of counts.values()) expect(shard.length).toBeLessThan(12);
  });

  test.each<[sentence: string, change: (event: TrailEvent) => TrailEvent]>([
    ["another time", (event) => ({ ...event, time: "2027-01-01T00:00:00.000Z" })],
    ["another type", (event) => ({ ...event, type: "latchkey.connection.denied" })],
    ["another fact", (event) => ({ ...event, data: { ...event.data, actor: "bob" } })],
    ["a fact more", (event) => ({ ...event, data: { ...event.data, reason: "none" } })],
  ])("under another's id is refused, and replaces nothing: with %s", async (_, change) => {
    const event = newEvent();
    await file(event);
    await expect(file(change(event))).resolves.toBe("refused");
    await mark(event.id);
    await expect(file(change(event))).resolves.toBe("refused");
    expect(await stored(event.id)).toMatchObject({ event });
  });
});

describe("the mark of an event", () => {
  test("that is not there is not taken off: nothing is made of it", async () => {
    await expect(mark("nobody-1")).rejects.toMatchObject({ code: "upstream-failure" });
    expect(await stored("nobody-1")).toBeUndefined();
  });

  test("is taken off once and for all, and nothing else is", async () => {
    const event = newEvent();
    service.respond(table.applied, table.applied, appliedThenLost);
    await file(event);
    const { due: _, dueAt: __, ...rest } = Object(await stored(event.id));
    await mark(event.id);
    await mark(event.id);
    expect(await stored(event.id)).toEqual(rest);
    await expect(readWaiting(event.id)).resolves.toBeUndefined();
  });
});

describe("a read of an event that waits", () => {
  test("is nothing where there is none", async () => {
    await expect(readWaiting("nobody-1")).resolves.toBeUndefined();
  });

  test.each<[string, object]>([
    ["without an event", {}],
    ["whose event has no sequence", { event: { ...eventOf("c", 1), data: {} } }],
    ["whose event has another id than its key", { event: eventOf("d", 1) }],
    ["whose event is of another source", { event: { ...eventOf("c", 1), source: "elsewhere" } }],
  ])("is a fault of ours, of an item %s", async (_, item) => {
    service.respond({ body: JSON.stringify({ Item: marshall({ ...item, due: "publication" }) }) });
    await expect(readWaiting("c-1")).rejects.toMatchObject({ code: "internal" });
  });

  test("is the event as it was filed", async () => {
    const event = newEvent();
    await file(event);
    await expect(readWaiting(event.id)).resolves.toEqual(event);
  });
});

describe("the items that are due", () => {
  const moments = ["2025-01-01T00:00:02.000Z", "2025-01-01T00:00:01.000Z", "2025-01-01T00:00:03.000Z"];

  test("is of its kind alone, and of its time, the oldest first", async () => {
    await table.seed([
      ...moments.map((dueAt, index) => ({ pk: `event#e${index}-1`, sk: "event", due: "publication", dueAt })),
      ...moments.map((dueAt, index) => ({ pk: `connection#c${index}`, sk: "connection", due: "outcome", dueAt })),
      ...moments.map((dueAt, index) => ({ pk: `access#s${index}`, sk: "current", due: "expiry", dueAt })),
    ]);
    const until = new Date("2025-01-01T00:00:02.000Z");
    await expect(idsDue("expiry", until)).resolves.toEqual(["s1", "s0"]);
    await expect(idsDue("outcome", until)).resolves.toEqual(["c1", "c0"]);
    await expect(idsDue("publication", until)).resolves.toEqual(["e1-1", "e0-1"]);
    await expect(idsDue("expiry", new Date("2024-12-31T23:59:59.000Z"))).resolves.toEqual([]);
  });

  test("comes in pages, none of which is left out", async () => {
    const many = Array.from({ length: 230 }, (_, index) => String(index).padStart(3, "0"));
    await table.seed(
      many.map((id) => ({
        pk: `connection#p${id}`,
        sk: "connection",
        due: "outcome",
        dueAt: `2020-01-01T00:00:00.${id}Z`,
      })),
    );
    const found = await idsDue("outcome", new Date("2020-12-31T00:00:00Z"));
    expect(found).toEqual(many.map((id) => `p${id}`));
    expect(service.requests.map(({ body }) => JSON.parse(body).Limit)).toEqual([100, 100, 100]);
  });

  test("is of its own items alone, even if another's item is marked so", async () => {
    const dueAt = "2019-01-01T00:00:00.000Z";
    const kinds = ["expiry", "outcome", "publication"] as const;
    const prefixes = ["access", "connection", "event", "instance"];
    await table.seed(
      kinds.flatMap((due) => prefixes.map((prefix) => ({ pk: `${prefix}#by-${prefix}`, sk: due, due, dueAt }))),
    );
    const found = await Promise.all(kinds.map((due) => idsDue(due, new Date(dueAt))));
    expect(found).toEqual([["by-access"], ["by-connection"], ["by-event"]]);
  });
});
