import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { auditEvent, auditEventPage, auditEventQuery } from "../../../../contract/audit-event.ts";
import { type About, type AuditPorts, listAuditEvents } from "../../../../lambda/audit/list.ts";
import { eventItem } from "../../../../lambda/aws/dynamodb/event-table.ts";
import { trailIndex } from "../../../../lambda/aws/dynamodb/find-events.ts";
import { indexes } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { everything, indexKey } from "../../../../lambda/lists/index-key.ts";
import { policyClock } from "../../../../lambda/policy/policy-time.ts";
import { trailEvent } from "../../../../lambda/shared/trail-event.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { walk } from "../../../support/fake-index.ts";
import { fakePolicy } from "../../../support/fake-policy.ts";
import { fullTargets } from "../../../support/fake-targets.ts";
import { alice, place, web } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";
import { testContext } from "../../../support/test-context.ts";

const signal = new AbortController().signal;
/** Milliseconds: some dozens of reads, of a table that takes its time. */
const longWalk = 60_000;
const instanceIds = ["i-00000001", "i-00000002", "i-00000003"];
const subjects = ["alice", "bob"];
/** On three days, with one between them that has none. */
const timeAt = (n: number) => new Date(Date.UTC(2026, 0, n < 200 ? 2 : n < 240 ? 3 : 5, 3, 0, 0, n * 250));

/** Every other one has the time of the one before it, as the events of one write do. */
const events = Array.from({ length: 250 }, (_, n) =>
  trailEvent(
    {
      collection: "connections",
      id: `c-${String(n - (n % 2)).padStart(3, "0")}`,
      sequence: 1 + (n % 2),
      type: "connection.intended",
      at: timeAt(n - (n % 2)),
    },
    {
      actor: "alice",
      subject: subjects[n % 2],
      ...place,
      instanceId: instanceIds[n % 3],
      ...(n % 5 === 0 && { accessRequestId: "ar-1" }),
      requestId: "request-1",
    },
  ),
).map((event) => ({ ...event, source: "latchkey/test" }));

const keyOf = ({ time, subject, data }: (typeof events)[number]) => indexKey(time, subject, data.sequence);

/** As the projector files it. */
const filed = (event: (typeof events)[number]): object => eventItem(event, new Date(event.time));

const table = useEmbeddedTable(events.map(filed));

const ports: AuditPorts = {
  policy: fakePolicy(),
  ...trailIndex(boundTable),
  ...fullTargets(web),
};

const settings = { possibleCallers: () => [], policyTime: policyClock("UTC") };
const list = (query: object) =>
  listAuditEvents(ports, settings, { caller: alice, ...auditEventQuery.parse(query) }, testContext());

type Event = (typeof events)[number];
const about = (facts: object) => (event: Event) =>
  Object.entries(facts).every(([name, value]) => event.data[name] === value);
const from = timeAt(100).toISOString();
const to = timeAt(200).toISOString();

describe("250 events in pages of 45: each that fits once, newest first", () => {
  test.each<[index: string, query: object, fits: (event: Event) => boolean]>([
    ["events", {}, () => true],
    ["events", { from }, ({ time }) => time >= from],
    ["events", { to }, ({ time }) => time < to],
    ["events", { from, to }, ({ time }) => time >= from && time < to],
    ["events-by-instance", { instanceId: instanceIds[0] }, about({ instanceId: instanceIds[0] })],
    [
      "events-by-instance",
      { instanceId: instanceIds[0], from, to },
      (event) => about({ instanceId: instanceIds[0] })(event) && event.time >= from && event.time < to,
    ],
    [
      "events-by-instance",
      { instanceId: instanceIds[0], subject: "bob" },
      about({ instanceId: instanceIds[0], subject: "bob" }),
    ],
    ["events-by-subject", { subject: "bob" }, about({ subject: "bob" })],
    ["events-by-subject", { subject: "bob", from }, (event) => about({ subject: "bob" })(event) && event.time >= from],
    ["events-by-subject", { subject: "nobody" }, () => false],
    ["events-by-actor", { actor: "alice" }, () => true],
    ["events-by-actor", { actor: "alice", type: "latchkey.connection.pushed" }, () => false],
    ["events-by-type", { type: "latchkey.connection.intended", from }, ({ time }) => time >= from],
    ["events-by-access-request", { accessRequestId: "ar-1" }, about({ accessRequestId: "ar-1" })],
    [
      "events-by-access-request",
      { accessRequestId: "ar-1", instanceId: instanceIds[1], subject: "alice", to },
      (event) =>
        about({ accessRequestId: "ar-1", instanceId: instanceIds[1], subject: "alice" })(event) && event.time < to,
    ],
  ])(
    "by %s: %j",
    async (index, query, fits) => {
      table.service.respondAlways(table.applied);
      const pages = await walk((cursor) => list({ ...query, limit: "45", ...(cursor && { cursor }) }));
      const expected = events.filter(fits).reverse();
      expect(pages.flat().map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      expect(pages.slice(0, -1).every((items) => items.length === 45)).toBe(true);
      for (const { body } of table.service.requests) expect(JSON.parse(body)).toMatchObject({ IndexName: index });
    },
    longWalk,
  );

  test("and each as the contract has it, as it was filed", async () => {
    table.service.respondAlways(table.applied);
    const page = await list({ limit: "100" });
    expect(auditEventPage.parse(page)).toEqual(page);
    expect(page.items).toEqual(events.slice(150).reverse());
  });
});

describe("the events of a connection", () => {
  const asked = (query: object) => list({ connectionId: "c-010", ...query });
  const own = events.filter(({ subject }) => subject === "connections/c-010");

  test("are read by their ids, twenty at once, and found in no index", async () => {
    table.service.respondAlways(table.applied);
    expect((await asked({})).items.map(({ id }) => id)).toEqual(["c-010-2", "c-010-1"]);
    const [read, ...more] = table.service.requests.map(({ body }) => JSON.parse(body).RequestItems.latchkey);
    expect([read.Keys.length, read.Keys[0], more]).toEqual([
      20,
      { pk: { S: "event#c-010-1" }, sk: { S: "event" } },
      [],
    ]);
  });

  test("are those of a time, and of pages, too", async () => {
    table.service.respondAlways(table.applied);
    const pages = await walk((cursor) => asked({ limit: "1", ...(cursor && { cursor }) }));
    expect(pages).toEqual(own.toReversed().map((each) => [each]));
    expect((await asked({ from: timeAt(11).toISOString() })).items).toEqual([]);
  });

  test("are all of them, if they are more than twenty", async () => {
    const many = Array.from({ length: 21 }, (_, n) => ({
      ...anEvent(),
      id: `again-${n + 1}`,
      subject: "connections/again",
      data: { ...anEvent().data, sequence: n + 1 },
    }));
    await table.seed(many.map(filed));
    table.service.respondAlways(table.applied);
    const page = await list({ connectionId: "again", limit: "100" });
    expect(page.items.map(({ data }) => data.sequence)).toEqual(Array.from({ length: 21 }, (_, n) => 21 - n));
  });
});

function anEvent(): Event {
  const [first] = events;
  if (!first) throw new Error("There are events");
  return first;
}

describe("a read", () => {
  const read = () => trailIndex(boundTable).findEvents({ kind: "subject", id: "alice" }, everything, signal);

  test("that fails is not the caller's fault", async () => {
    table.service.respondAlways(jsonError("AccessDeniedException", 400));
    await expect(read()).rejects.toMatchObject({ code: "aws-refused" });
  });

  test.each<[sentence: string, about: About, index: string, partitions: readonly string[]]>([
    ["of all events", { kind: "everything" }, "events", ["0", "1", "2", "3"]],
    [
      "of those of a type",
      { kind: "type", id: "latchkey.connection.intended" },
      "events-by-type",
      [0, 1, 2, 3].map((shard) => `latchkey.connection.intended/${shard}`),
    ],
  ])("%s asks each shard, once", async (_, of, index, partitions) => {
    table.service.respondAlways(table.applied);
    const { entries, hasMore } = await trailIndex(boundTable).findEvents(of, everything, signal);
    expect([entries.length <= 160, entries.length > 80, hasMore]).toEqual([true, true, true]);
    const asked = table.service.requests.map(({ body }) => JSON.parse(body));
    expect(asked.map((each) => each.ExpressionAttributeValues[":partition"].S).sort()).toEqual(partitions);
    expect(new Set(asked.map(({ IndexName }) => IndexName))).toEqual(new Set([index]));
  });

  test("that is cut by the deadline has run out of time", async () => {
    const late = trailIndex(boundTable).findEvents({ kind: "subject", id: "alice" }, everything, AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
  });

  const first = anEvent();
  const change = (data: object, own: object = {}) => ({
    event: { ...first, ...own, data: { ...first.data, ...data } },
  });
  const unreadables: readonly [sentence: string, item: object][] = [
    ["with a sequence over the contract's", change({ sequence: 1_000_001 })],
    ["without an actor", change({ actor: undefined })],
    ["whose instance is none", change({ instanceId: "i-none" })],
    ["of a type that is not Latchkey's", change({}, { type: "elsewhere.pushed" })],
    ["from another source", change({}, { source: "elsewhere" })],
    ["with another id than its key", change({}, { id: "another-1" })],
    ["that is no event", { event: "none" }],
    ["that is not there", { event: undefined }],
  ];

  async function readWith(item: object, attributes: object = {}) {
    const items = [{ ...filed(first), ...item }, filed(first)];
    const marshalled = items.map((each) => ({ ...marshall(each, { removeUndefinedValues: true }) }));
    Object.assign(marshalled[0] ?? {}, attributes);
    table.service.respond({ body: JSON.stringify({ Items: marshalled }) });
    const { entries } = await read();
    return entries.map(({ value }) => value);
  }

  const shown = {
    specversion: "1.0",
    id: first.id,
    source: "latchkey/unknown",
    type: "latchkey.unreadable",
    subject: "unknown",
    time: first.time,
    data: {
      ...{ sequence: 0, actor: "unknown", requestId: "unknown", subject: "alice", accessRequestId: "ar-1" },
      ...{ ...place, instanceId: instanceIds[0] },
    },
  };

  test.each(unreadables)(
    "shows an event %s as unreadable, by what it is filed under, and the rest as ever",
    async (_, item) => {
      const found = await readWith(item);
      expect(found).toEqual([shown, first]);
      expect(auditEvent.parse(found[0])).toEqual(shown);
    },
  );

  test("shows an event with a number that JavaScript has not as unreadable", async () => {
    const event = { M: { ...marshall(first), data: { M: { sequence: { N: "1".repeat(30) } } } } };
    await expect(readWith({}, { event })).resolves.toEqual([shown, first]);
  });

  test("shows no instance that is none: EC2 would refuse the whole list", async () => {
    const [found] = await readWith({ event: "none", aboutInstance: "a/b/i-none" });
    expect(found?.data).not.toHaveProperty("instanceId");
  });

  test("never fails for an unreadable event, which those see who may read its instance's trail", async () => {
    const items = [{ ...filed(first), ...change({ sequence: 1_000_001 }) }, filed(first)].map((each) => marshall(each));
    table.service.respond({ body: JSON.stringify({ Items: items }) });
    const page = await list({ instanceId: instanceIds[0] });
    expect(page.items.map(({ type }) => type)).toEqual(["latchkey.unreadable"]);
  });

  test.each(["access#1", "connection#1", "instance#1", "idempotency#1"])(
    "leaves out what the projector has not filed: an item with an event and index attributes under %s",
    async (pk) => {
      const item = marshall({ ...filed(anEvent()), pk });
      table.service.respond({ body: JSON.stringify({ Items: [item] }) });
      await expect(read()).resolves.toMatchObject({ entries: [], hasMore: false });
    },
  );

  test("has the first key of its range, and not the one at which it ends", async () => {
    table.service.respond(table.applied);
    const [first, second] = [events[5], events[10]].map((one) => one && keyOf(one));
    const range = { from: first ?? "", before: second ?? "" };
    const { entries } = await trailIndex(boundTable).findEvents({ kind: "accessRequest", id: "ar-1" }, range, signal);
    expect(entries.map(({ key }) => key)).toEqual([first]);
  });

  test("asks for the newest of a range, of one partition", async () => {
    table.service.respond(table.applied);
    const range = { from, before: to };
    const { entries, hasMore } = await trailIndex(boundTable).findEvents({ kind: "subject", id: "bob" }, range, signal);
    expect([entries.length, hasMore]).toEqual([50, false]);
    expect(JSON.parse(table.service.requests[0]?.body ?? "")).toMatchObject({
      TableName: "latchkey",
      IndexName: indexes.eventsBySubject.name,
      ScanIndexForward: false,
      ExpressionAttributeNames: { "#partition": "aboutSubject", "#sort": "filedAt" },
      ExpressionAttributeValues: { ":partition": { S: "bob" }, ":from": { S: from }, ":before": { S: to } },
    });
  });
});
