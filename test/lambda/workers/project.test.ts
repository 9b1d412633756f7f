import { unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import type { DynamoDBRecord } from "aws-lambda";
import { accessRequestIdOf, accessTargetIdOf } from "../../../lambda/access/access-target.ts";
import { create } from "../../../lambda/access/transitions.ts";
import { creationInput } from "../../../lambda/aws/dynamodb/access-writes.ts";
import {
  connectionKey,
  currentAccessKey,
  denialKey,
  endedAccessKey,
  hostKeysKey,
  type ItemKey,
  idIn,
} from "../../../lambda/aws/dynamodb/table-keys.ts";
import {
  type ConnectionState,
  intendedState,
  outcomeState,
  outcomeUnknownState,
} from "../../../lambda/connect/connection-state.ts";
import { type Denial, denialIdOf, firstEvent, groupOf } from "../../../lambda/connect/denial.ts";
import { hostKeyEvent } from "../../../lambda/host-keys/host-key-event.ts";
import { instanceKey } from "../../../lambda/shared/instance.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { eventIdOf, type TrailEvent } from "../../../lambda/shared/trail-event.ts";
import { type ProjectPorts, project } from "../../../lambda/workers/project.ts";
import { sweep } from "../../../lambda/workers/sweep.ts";
import { act, later } from "../../support/access-requests.ts";
import { changeOf, eventOf, FakeTrail, type Moment, recordOf } from "../../support/fake-trail.ts";
import { database, place, web } from "../../support/samples.ts";

const deliver = (trail: FakeTrail, records: readonly DynamoDBRecord[]) =>
  project(trail.ports, records, trail.context());
const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber ?? "";
const onBus = (trail: FakeTrail) => trail.bus.map(({ id }) => id);

/** An item that makes events. */
type Image = ItemKey & Readonly<Record<string, unknown>> & { readonly events: readonly TrailEvent[] };

/** The item that a put writes. */
const imageOf = ({ Item }: ReturnType<typeof creationInput>) => unmarshall(Item ?? {}) as Image;

const hostKeyChange = {
  ...{ ...place, instanceId: web.instanceId, afterSequence: 0 },
  ...{ actor: "mallory", hostKeys: [], requestId: "request-1", at: later(0) },
};
/** The item of a first denial. */
function denialImage(change: Partial<Denial>): Image {
  const facts = { actor: "alice", subject: "alice", ...place, instanceId: web.instanceId, osUser: "root" };
  const said = { publicKeyFingerprint: "SHA256:x", policies: [], policyDigest: "sha256:test", requestId: "request-1" };
  const denied: Denial = { ...facts, ...said, code: "access-denied", at: later(0), ...change };
  const id = denialIdOf(groupOf(denied));
  const counted = {
    count: 1,
    instanceIds: new Set([denied.instanceId]),
    sequence: 1,
    events: [firstEvent(id, denied)],
  };
  return { ...denialKey(id), ...groupOf(denied), ...counted };
}
const denial = denialImage({});
const unseen = denialImage({ code: "instance-not-found" });

/** As the events of an instance have it in their ids. */
const instanceIdText = instanceKey(web).replaceAll("/", "_");

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
  const others = { expire: none, close: none, endSuspended: none, unlinkSuspended: none, closeSuspension: none };
  return sweep({ findDue: trail.ports.findDue, ...others, connections, events: trail.ports }, trail.context());
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

describe("an event that is not its item's is neither filed nor on the bus, and is counted:", () => {
  const accessTarget = { subject: "mallory", ...place, instanceId: web.instanceId, osUser: "ec2-user" };
  const id = accessRequestIdOf(accessTargetIdOf(accessTarget), "0123456789ab");
  const terms = { durationSeconds: 60, reason: "none", breakGlass: false, pendingTimeoutSeconds: 60 };
  const { subject, osUser, ...scope } = accessTarget;
  const requested = { id, subject, scope, osUser, ...terms, requirements: { approvals: 1, reason: true } };
  const access = imageOf(creationInput("latchkey", create(requested, act("mallory")), undefined));
  const connection = { ...connectionKey("c"), sequence: 1, status: "intended", events: [eventOf("c", 1)] };
  const registered = hostKeyEvent({ ...hostKeyChange, type: "host-keys.registered" });
  const instance = { ...hostKeysKey(accessTarget), sequence: 1, hostKeys: [], events: [registered] };

  /** The item with its one event changed. */
  const forged = (item: Image, change: object, data: object = {}) => ({
    ...item,
    events: item.events.map((event) => ({ ...event, ...change, data: { ...event.data, ...data } })),
  });
  const other = { ...accessTarget, subject: "alice" };
  const otherId = accessRequestIdOf(accessTargetIdOf(other), "0123456789ab");

  const forgeries: readonly [sentence: string, item: Image][] = [
    ["access granted to somebody else", forged(access, {}, { subject: "alice" })],
    ["access asked for by somebody else", forged(access, {}, { requestedBy: "alice" })],
    ["access to another instance", forged(access, {}, { instanceId: database.instanceId })],
    ["access in another account", forged(access, {}, { accountId: "444455556666" })],
    ["access in another region", forged(access, {}, { region: "eu-west-1" })],
    ["access as another OS user", forged(access, {}, { osUser: "root" })],
    ["access under another access request", forged(access, {}, { accessRequestId: otherId })],
    ["access without its access request", forged(access, {}, { accessRequestId: undefined })],
    ["access of another request's subject", forged(access, { subject: `access-requests/${otherId}` })],
    ["access with another request's event id", forged(access, { id: eventIdOf(otherId, 1) })],
    ["a connection that an access request tells of", forged(access, { type: "latchkey.connection.pushed" })],
    ["host keys that an access request tells of", forged(access, { type: "latchkey.host-keys.registered" })],
    ["a whole event of a connection in an access request", { ...access, events: connection.events }],
    ["an event out of turn", forged(access, { id: eventIdOf(id, 2) }, { sequence: 2 })],
    ["an event whose number is not its id's", forged(access, {}, { sequence: 2 })],
    ["an item with a later number than its event's", { ...access, sequence: 2 }],
    [
      "an access request that is somebody else's by its key",
      { ...access, ...currentAccessKey(accessTargetIdOf(other)) },
    ],
    [
      "an access request with the id of another target's",
      forged(
        { ...access, id: otherId },
        { id: eventIdOf(otherId, 1), subject: `access-requests/${otherId}` },
        { accessRequestId: otherId },
      ),
    ],
    ["an access request about somebody else under its old key", forged({ ...access, subject: "alice" }, {}, other)],
    ["an access request without a subject", { ...access, subject: undefined }],
    [
      "an access request that has ended and made room",
      { ...access, ...endedAccessKey(accessTargetIdOf(accessTarget), id) },
    ],
    ["a connection of another's subject", forged(connection, { subject: "connections/d" })],
    ["a connection with another's event id", forged(connection, { id: "d-1" })],
    ["access that a connection tells of", forged(connection, { type: "latchkey.access-request.activated" })],
    [
      "a connection whose id takes the event id of an access request",
      { ...connection, ...connectionKey(id), events: [eventOf(id, 1)] },
    ],
    [
      "a connection whose id takes the event id of an instance",
      { ...connection, ...connectionKey(instanceIdText), events: [eventOf(instanceIdText, 1)] },
    ],
    ["a connection under a key that none has", { ...connection, sk: "other" }],
    ["host keys of another instance", forged(instance, {}, { instanceId: database.instanceId })],
    ["host keys in another account", forged(instance, {}, { accountId: "444455556666" })],
    ["host keys in another region", forged(instance, {}, { region: "eu-west-1" })],
    ["host keys of another instance's subject", forged(instance, { subject: "instances/a/b/c" })],
    ["host keys with another's event id", forged(instance, { id: "a_b_c-1" })],
    ["access that host keys tell of", forged(instance, { type: "latchkey.access-request.activated" })],
    ["host keys about a person", forged(instance, {}, { subject: "alice" })],
    ["host keys under an access request", forged(instance, {}, { accessRequestId: otherId })],
    ["host keys under a key that no instance has", { ...instance, pk: `${instance.pk}/more` }],
    ["a denial of somebody else", forged(denial, {}, { actor: "bob" })],
    ["a denial about somebody else", forged(denial, {}, { subject: "bob" })],
    ["a denial on an instance that its item does not name", forged(denial, {}, { instanceId: database.instanceId })],
    ["a denial of an unseen one that its item does not name", forged(unseen, {}, { instanceId: database.instanceId })],
    ["a denial of another OS user", forged(denial, {}, { osUser: "ubuntu" })],
    ["a denial of another code", forged(denial, {}, { code: "approval-required" })],
    ["an intent that denials tell of", forged(denial, { type: "latchkey.connection.intended" })],
    ["a denial whose item is somebody else's", { ...denial, actor: "bob" }],
    ["a denial on a second instance", { ...denial, instanceIds: new Set([web.instanceId, database.instanceId]) }],
    [
      "a connection whose id takes the event id of denials",
      { ...connection, ...connectionKey(idIn(denial.pk)), events: [eventOf(idIn(denial.pk), 1)] },
    ],
  ];

  test.each(forgeries)("%s", async (_, item) => {
    const trail = new FakeTrail();
    const projection = await deliver(trail, [recordOf(item), changeOf("b", 1)]);
    expect(projection).toMatchObject({ batchItemFailures: [], published: 1, failures: [] });
    expect(projection.refusals).toMatchObject([{ step: "refuse", item: item.pk }]);
    expectComplete(trail, ["b-1"]);
  });

  const facts = { actor: "mallory", policies: [], policyDigest: "sha256:test", requestId: "request-1" };
  const asked = { ...facts, ...accessTarget, connectionId: "c", publicKeyFingerprint: "SHA256:x", at: later(0) };
  const intended = { ...asked, connectionType: "direct", address: "10.0.1.10", port: 22, pushBy: later(5) } as const;
  const pushed = { status: "pushed", at: later(1), expiresAt: later(61), awsRequestId: "aws-1" } as const;
  const again = { ...intended, afterSequence: 2 };
  const captured = { ...hostKeyChange, afterSequence: 6, type: "host-keys.captured" } as const;
  const connectionIn = (state: ConnectionState | undefined): Image => ({ ...connectionKey("c"), events: [], ...state });

  test.each<[sentence: string, item: Image]>([
    ["an access request", access],
    ["an intended connection", connectionIn(intendedState(intended))],
    ["a pushed connection", connectionIn(outcomeState(intended, pushed))],
    ["a connection that is pushed again", connectionIn(outcomeState(again, pushed))],
    ["a failed connection", connectionIn(outcomeState(intended, { status: "failed", at: later(1), code: "internal" }))],
    ["a connection of unknown outcome", connectionIn(outcomeUnknownState("c", intendedState(again), later(60)))],
    ["a denial", denial],
    ["a denial of an unseen instance", unseen],
    ["registered host keys", instance],
    ["captured host keys", { ...instance, sequence: 7, events: [hostKeyEvent(captured)] }],
  ])("but %s as Latchkey writes it is not refused", async (_, item) => {
    const trail = new FakeTrail();
    trail.now = later(60);
    const { published, failures, refusals } = await deliver(trail, [recordOf(item)]);
    expect({ published, failures, refusals }).toEqual({ published: 1, failures: [], refusals: [] });
  });

  test("one beside another that is its item's", async () => {
    const trail = new FakeTrail();
    const own = changeOf("a", 1, 2);
    const mixed = recordOf({ ...connection, events: [eventOf("z", 1), eventOf("c", 1)] });
    const { published, refusals } = await deliver(trail, [own, mixed]);
    expect([published, refusals.length]).toEqual([3, 1]);
    expectComplete(trail, ["a-1", "a-2", "c-1"]);
  });

  test("one of a time that has not come, which would stand before all others", async () => {
    const trail = new FakeTrail();
    const ahead = { time: new Date(trail.now.getTime() + 61_000).toISOString() };
    const { published, refusals } = await deliver(trail, [recordOf(forged(connection, ahead)), changeOf("b", 1)]);
    expect(refusals).toMatchObject([{ step: "refuse", item: "c-1" }]);
    expect(published).toBe(1);
    expectComplete(trail, ["b-1"]);
  });

  test("another one under a number that is taken", async () => {
    const trail = new FakeTrail();
    await deliver(trail, [recordOf(connection)]);
    const { refusals, published } = await deliver(trail, [recordOf(forged(connection, {}, { actor: "bob" }))]);
    expect(refusals).toMatchObject([{ step: "refuse", item: "c-1" }]);
    expect([published, onBus(trail)]).toEqual([0, ["c-1"]]);
  });

  test("and the log says nothing of what it says", async () => {
    const { refusals } = await deliver(new FakeTrail(), [recordOf(forged(connection, { subject: "forged-words" }))]);
    expect(refusals).toHaveLength(1);
    expect(JSON.stringify(refusals)).not.toContain("forged-words");
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

test("policies are kept before an event is filed", async () => {
  const trail = new FakeTrail();
  trail.keepPolicies = async () => void trail.calls.push("keepPolicies");
  await deliver(trail, [changeOf("a", 1)]);
  expect(trail.calls.slice(0, 2)).toEqual(["keepPolicies", "fileEvent a-1"]);
});

test("if policies cannot be kept, events are filed all the same, and the failure is reported", async () => {
  const trail = new FakeTrail();
  trail.keepPolicies = () => Promise.reject(new Problem("upstream-unavailable"));
  const { batchItemFailures, failures } = await deliver(trail, [changeOf("a", 1)]);
  expect(batchItemFailures).toEqual([]);
  expect(failures).toEqual([expect.objectContaining({ step: "keep", code: "upstream-unavailable" })]);
  expect(onBus(trail)).toEqual(["a-1"]);
});

test("uses of break-glass are counted, each once, and nothing else is", async () => {
  const trail = new FakeTrail();
  const eventsIn: ProjectPorts["eventsIn"] = (record) => {
    const made = trail.ports.eventsIn(record);
    const used = { type: "latchkey.break-glass.used" } as const;
    return { ...made, events: made.events.map((event) => ({ ...event, ...(event.id === "a-1" && used) })) };
  };
  const ports = { ...trail.ports, eventsIn };
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
