import { describe, expect, test } from "@jest/globals";
import type { DynamoDBRecord } from "aws-lambda";
import { Problem } from "../../../lambda/shared/problem.ts";
import { type ProjectPorts, project } from "../../../lambda/workers/project.ts";
import { sweep } from "../../../lambda/workers/sweep.ts";
import { changeOf, FakeTrail, type Moment, recordOf } from "../../support/fake-trail.ts";

const deliver = (trail: FakeTrail, records: readonly DynamoDBRecord[]) =>
  project(trail.ports, records, trail.context());
const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber ?? "";
const onBus = (trail: FakeTrail) => trail.bus.map(({ id }) => id);

/** Brings the records again from where the projection has failed, as Lambda does. */
async function deliverUntilTaken(trail: FakeTrail, records: readonly DynamoDBRecord[]): Promise<void> {
  let left = records;
  for (let attempt = 1; left.length > 0; attempt++) {
    if (attempt > 10) throw new Error("The stream stands still");
    const { batchItemFailures } = await deliver(trail, left);
    const from = left.findIndex((record) => numberOf(record) === batchItemFailures[0]?.itemIdentifier);
    left = from < 0 ? [] : left.slice(from);
  }
}

/** A minute and more later: what the stream did not get onto the bus, the sweep does. */
async function sweepUp(trail: FakeTrail) {
  trail.now = new Date(trail.now.getTime() + 61_000);
  const none = () => Promise.reject(new Error("Nothing else is due"));
  const connections = { readConnection: none, writeOutcome: none };
  return sweep({ findDue: trail.ports.findDue, expire: none, connections, events: trail.ports }, trail.context());
}

function expectComplete(trail: FakeTrail, ids: readonly string[]): void {
  expect([...trail.filings].sort()).toEqual([...ids].sort());
  expect([...new Set(onBus(trail))].sort()).toEqual([...ids].sort());
  expect(trail.waiting).toEqual([]);
}

describe("what makes no event", () => {
  test.each<[string, DynamoDBRecord]>([
    ["the deletion of a connection", { eventName: "REMOVE", dynamodb: { SequenceNumber: "1" } }],
    ["an event's own item", recordOf({ pk: "event#1.1", sk: "event", event: {}, due: "publication" })],
    ["what is known of an Idempotency-Key", recordOf({ pk: "idempotency#1", sk: "request", events: [{}] })],
    ["a copy of an access request that has ended", recordOf({ pk: "access#1", sk: "ended#1", status: "expired" })],
    ["host keys that were put there by hand", recordOf({ pk: "instance#i-1", sk: "host-keys", hostKeys: [] })],
  ])("%s", async (_, record) => {
    const trail = new FakeTrail();
    await expect(deliver(trail, [record])).resolves.toMatchObject({
      batchItemFailures: [],
      published: 0,
      failures: [],
    });
    expect(trail.calls).toEqual([]);
  });
});

describe("a record that is not what Latchkey writes", () => {
  test.each<[string, object]>([
    ["events that are no list", { events: "1" }],
    ["an event without an id", { events: [{ specversion: "1.0", source: "latchkey" }] }],
  ])("is told and passed over, since it never gets better: %s", async (_, item) => {
    const trail = new FakeTrail();
    const odd = recordOf({ pk: "access#1", sk: "current", ...item });
    const { batchItemFailures, failures } = await deliver(trail, [odd, changeOf("c", 1)]);
    expect(batchItemFailures).toEqual([]);
    expect(failures).toMatchObject([{ step: "read", item: numberOf(odd), code: "internal" }]);
    expectComplete(trail, ["c-1"]);
  });
});

test("uses of break-glass are counted, each once, and nothing else is", async () => {
  const trail = new FakeTrail();
  const used =
    (id: string): ProjectPorts["eventsIn"] =>
    (record) =>
      trail.ports
        .eventsIn(record)
        .map((event) => (event.id === id ? { ...event, type: "latchkey.break-glass.used" as const } : event));
  const ports = { ...trail.ports, eventsIn: used("a-1") };
  const records = [changeOf("a", 1), changeOf("a", 1), changeOf("b", 1)];
  await expect(project(ports, records, trail.context())).resolves.toMatchObject({ breakGlass: 1, published: 2 });
});

describe("if the table fails", () => {
  test("the stream brings that record again and all behind it; what was filed before is on the bus", async () => {
    const trail = new FakeTrail();
    const records = [changeOf("a", 1), changeOf("b", 1), changeOf("c", 1)];
    trail.fails = (operation, id) => operation === "fileEvent" && id === "b-1";
    const { batchItemFailures, failures } = await deliver(trail, records);
    expect(batchItemFailures).toEqual([{ itemIdentifier: numberOf(records[1]) }]);
    expect(failures).toMatchObject([{ step: "file", code: "upstream-unavailable" }]);
    expectComplete(trail, ["a-1"]);
  });

  test("because what was filed there before cannot be read, that event is told and passed over", async () => {
    const trail = new FakeTrail();
    const fileEvent: ProjectPorts["fileEvent"] = (event, now, signal) =>
      event.id === "a-1" ? Promise.reject(new Problem("internal")) : trail.ports.fileEvent(event, now, signal);
    const records = [changeOf("a", 1), changeOf("b", 1)];
    const { batchItemFailures, failures } = await project({ ...trail.ports, fileEvent }, records, trail.context());
    expect(batchItemFailures).toEqual([]);
    expect(failures).toMatchObject([{ step: "file", code: "internal" }]);
    expectComplete(trail, ["b-1"]);
  });

  test("between two events of one change, both are there in the end", async () => {
    const trail = new FakeTrail();
    let left = 1;
    trail.fails = (_, id) => id === "a-2" && left-- > 0;
    await deliverUntilTaken(trail, [changeOf("a", 1, 2)]);
    expectComplete(trail, ["a-1", "a-2"]);
  });

  test("so that a mark cannot be taken off, the stream goes on, and the sweep tells the bus once more", async () => {
    const trail = new FakeTrail();
    trail.fails = (operation) => operation === "markPublished";
    const { batchItemFailures, published, failures } = await deliver(trail, [changeOf("a", 1)]);
    expect({ batchItemFailures, published }).toEqual({ batchItemFailures: [], published: 1 });
    expect(failures).toMatchObject([{ step: "mark", item: "a-1" }]);
    trail.fails = () => false;
    await sweepUp(trail);
    expectComplete(trail, ["a-1"]);
    expect(onBus(trail)).toEqual(["a-1", "a-1"]);
  });

  test("and a record has no number, the whole batch comes again", async () => {
    const trail = new FakeTrail();
    trail.fails = () => true;
    const { dynamodb: { SequenceNumber: _, ...rest } = {} } = changeOf("a", 1);
    await expect(deliver(trail, [{ dynamodb: rest }])).resolves.toMatchObject({
      batchItemFailures: [{ itemIdentifier: "" }],
    });
  });
});

describe("if the bus fails", () => {
  test("the stream goes on, and the events wait for the sweep", async () => {
    const trail = new FakeTrail();
    trail.fails = (operation) => operation === "putEvents";
    const { batchItemFailures, published, failures } = await deliver(trail, [changeOf("a", 1), changeOf("b", 1)]);
    expect({ batchItemFailures, published }).toEqual({ batchItemFailures: [], published: 0 });
    expect(failures.map(({ step, item }) => `${step} ${item}`)).toEqual(["publish a-1", "publish b-1"]);
    expect(trail.waiting).toEqual(["a-1", "b-1"]);
    trail.fails = () => false;
    await expect(sweepUp(trail)).resolves.toMatchObject({ published: 2, waiting: 0, failures: [] });
    expectComplete(trail, ["a-1", "b-1"]);
  });

  test("for half of the entries, those alone wait", async () => {
    const trail = new FakeTrail();
    trail.refuses = ({ data }) => data.sequence % 2 === 0;
    const { published } = await deliver(trail, [changeOf("a", 1, 2), changeOf("b", 1, 2)]);
    expect(published).toBe(2);
    expect(trail.waiting).toEqual(["a-2", "b-2"]);
    trail.refuses = () => false;
    await sweepUp(trail);
    expectComplete(trail, ["a-1", "a-2", "b-1", "b-2"]);
    expect(onBus(trail)).toHaveLength(4);
  });
});

describe("a record that is delivered again", () => {
  test("puts nothing on the bus that it has", async () => {
    const trail = new FakeTrail();
    const record = changeOf("a", 1);
    await deliver(trail, [record]);
    await expect(deliver(trail, [record])).resolves.toMatchObject({ published: 0, failures: [] });
    expect(onBus(trail)).toEqual(["a-1"]);
  });

  test("puts there what it has not", async () => {
    const trail = new FakeTrail();
    trail.fails = (operation) => operation === "putEvents";
    await deliver(trail, [changeOf("a", 1)]);
    trail.fails = () => false;
    await deliver(trail, [changeOf("a", 1)]);
    expectComplete(trail, ["a-1"]);
  });

  test("in the same batch, as for a reservation, puts its events there once", async () => {
    const trail = new FakeTrail();
    await deliver(trail, [changeOf("a", 1), changeOf("a", 1)]);
    expect(onBus(trail)).toEqual(["a-1"]);
  });

  test("after later ones changes nothing", async () => {
    const trail = new FakeTrail();
    const [first, second] = [changeOf("a", 1), changeOf("a", 2)];
    await deliver(trail, [first, second]);
    await deliver(trail, [first]);
    expect(onBus(trail)).toEqual(["a-1", "a-2"]);
  });
});

test("the events of one item reach the bus in order, even with others in between", async () => {
  const trail = new FakeTrail();
  await deliver(trail, [changeOf("a", 1), changeOf("b", 1), changeOf("b", 2), changeOf("a", 2)]);
  expect(onBus(trail)).toEqual(["a-1", "b-1", "b-2", "a-2"]);
});

test("two shards at once, and the same record in both, leave a whole trail", async () => {
  const trail = new FakeTrail();
  const shards = [
    [changeOf("a", 1), changeOf("a", 2)],
    [changeOf("b", 1), changeOf("a", 1), changeOf("b", 2)],
  ];
  await Promise.all(shards.map((records) => deliver(trail, records)));
  expectComplete(trail, ["a-1", "a-2", "b-1", "b-2"]);
});

describe("a crash at any call, before its effect or with its response lost,", () => {
  const ids = ["a-1", "a-2", "b-1", "b-2"];
  const records = () => [changeOf("a", 1, 2), changeOf("b", 1), changeOf("b", 2)];
  // Four are filed, one call is made to the bus, four marks are taken off.
  const crashes = Array.from({ length: 9 }, (_, call) => call).flatMap((call) =>
    (["before", "after"] satisfies Moment[]).map((moment) => ({ call, moment })),
  );

  test("can be at nine of them", async () => {
    const trail = new FakeTrail();
    await deliver(trail, records());
    expect(trail.calls).toHaveLength(9);
  });

  test.each(crashes)("$call $moment, loses nothing where the records are delivered again", async (crash) => {
    const trail = new FakeTrail();
    const delivered = records();
    trail.crashAt = crash;
    await deliver(trail, delivered);
    trail.crashAt = undefined;
    await deliverUntilTaken(trail, delivered);
    expectComplete(trail, ids);
  });

  test.each(crashes)(
    "$call $moment, leaves nothing marked for ever where the sweep comes in between",
    async (crash) => {
      const trail = new FakeTrail();
      const delivered = records();
      trail.crashAt = crash;
      await deliver(trail, delivered);
      trail.crashAt = undefined;
      await sweepUp(trail);
      expect(trail.waiting).toEqual([]);
      expect([...new Set(onBus(trail))].sort()).toEqual([...trail.filings].sort());
      await deliverUntilTaken(trail, delivered);
      expectComplete(trail, ids);
    },
  );
});
