import { describe, expect, test } from "@jest/globals";
import {
  type ConnectionState,
  type IntendedConnection,
  intendedState,
  outcomeState,
} from "../../../lambda/connect/connection-state.ts";
import { type SweepPorts, sweep } from "../../../lambda/workers/sweep.ts";
import { eventOf, FakeTrail, type Moment } from "../../support/fake-trail.ts";
import { place } from "../../support/samples.ts";

const started = new Date("2026-01-02T03:04:05.000Z");
const later = (seconds: number) => new Date(started.getTime() + seconds * 1000);

const connection = (connectionId: string): IntendedConnection => ({
  connectionId,
  actor: "alice",
  subject: "alice",
  ...place,
  instanceId: "i-0123456789abcdef0",
  osUser: "ec2-user",
  connectionType: "direct",
  address: "203.0.113.10",
  port: 22,
  publicKeyFingerprint: "SHA256:abc",
  policies: ["dev-connect"],
  policyDigest: "sha256:abc",
  requestId: "request-1",
  at: started,
  pushBy: later(5),
});
const intended = (connectionId: string) => intendedState(connection(connectionId));
const failed = (connectionId: string) =>
  outcomeState(connection(connectionId), { status: "failed", at: later(1), code: "key-rejected" });

/** A trail with expired access requests, intended connections, and events that wait for the bus. */
interface Due {
  readonly requests?: readonly string[];
  readonly connections?: readonly string[];
  readonly denials?: readonly string[];
  /** Of these callers. */
  readonly suspensions?: readonly string[];
  readonly events?: readonly string[];
}

function world(due: Due) {
  const trail = new FakeTrail();
  const expired: string[] = [];
  const closed: string[] = [];
  const connections = new Map<string, ConnectionState>(due.connections?.map((id) => [id, intended(id)]));
  const suspended: string[] = [];
  const unlinked: string[] = [];
  const unsuspended: string[] = [];
  trail.due = { expiry: due.requests, outcome: due.connections, closing: due.denials, suspension: due.suspensions };
  for (const id of due.events ?? []) {
    trail.filed.set(`${id}-1`, { event: eventOf(id, 1), waitingSince: started.toISOString() });
  }
  trail.now = later(120);
  const ports: SweepPorts = {
    findDue: trail.ports.findDue,
    expire: (id) => trail.call("expire", id, () => !expired.includes(id) && expired.push(id) > 0),
    close: (id) => trail.call("close", id, () => !closed.includes(id) && closed.push(id) > 0),
    endSuspended: (id) => trail.call("endSuspended", id, () => !suspended.includes(id) && suspended.push(id) > 0),
    unlinkSuspended: (id) => trail.call("unlinkSuspended", id, () => !unlinked.includes(id) && unlinked.push(id) > 0),
    closeSuspension: (id) => trail.call("closeSuspension", id, () => void unsuspended.push(id)),
    connections: {
      readConnection: (id) => trail.call("readConnection", id, () => connections.get(id)),
      writeOutcome: (id, state) => trail.call("writeOutcome", id, () => void connections.set(id, state)),
    },
    events: trail.ports,
  };
  const run = (changes: Partial<SweepPorts> = {}, signal?: AbortSignal) =>
    sweep({ ...ports, ...changes }, trail.context(signal));
  return { trail, ports, run, expired, closed, suspended, unlinked, unsuspended, connections };
}

const everything = {
  requests: ["r1", "r2", "r3"],
  connections: ["c1", "c2", "c3"],
  denials: ["d1", "d2", "d3"],
  events: ["e1", "e2", "e3"],
};

test("nothing due is nothing done, and that nothing waits is told", async () => {
  const { run } = world({});
  await expect(run()).resolves.toEqual({
    expired: 0,
    concluded: 0,
    closed: 0,
    suspended: 0,
    published: 0,
    waiting: 0,
    failures: [],
  });
});

describe("an item that the index still lists, but that is not due, stays as it is:", () => {
  test("an access request that another has ended", async () => {
    const { expired, run } = world({ requests: ["r1"] });
    expired.push("r1");
    await expect(run()).resolves.toMatchObject({ expired: 0, failures: [] });
  });

  test.each<[string, ConnectionState | undefined]>([
    ["a connection that is not there", undefined],
    ["a connection with an outcome", failed("c1")],
    ["a connection with a second intent", { ...intended("c1"), dueAt: later(121).toISOString() }],
  ])("%s", async (_, state) => {
    const { trail, connections, run } = world({ connections: ["c1"] });
    if (state) connections.set("c1", state);
    else connections.delete("c1");
    await expect(run()).resolves.toMatchObject({ concluded: 0, failures: [] });
    expect(trail.calls).not.toContain("writeOutcome c1");
  });

  test("a connection whose time has not come: for less than thirty seconds after its last push", async () => {
    const { trail, connections, run } = world({ connections: ["c1"] });
    trail.now = new Date(later(35).getTime() - 1);
    await expect(run()).resolves.toMatchObject({ concluded: 0, failures: [] });
    expect(connections.get("c1")).toEqual(intended("c1"));
    trail.now = later(35);
    await expect(run()).resolves.toMatchObject({ concluded: 1, failures: [] });
  });

  test("an event that the projector has put on the bus meanwhile", async () => {
    const { trail, ports, run } = world({ events: ["e1"] });
    const { readWaitingEvent, markPublished } = ports.events;
    const overtaken = {
      ...ports.events,
      readWaitingEvent: async (id: string, signal: AbortSignal) => {
        await markPublished(id, signal);
        return readWaitingEvent(id, signal);
      },
    };
    await expect(run({ events: overtaken })).resolves.toMatchObject({ published: 0, waiting: 0, failures: [] });
    expect(trail.bus).toEqual([]);
  });

  test("an event that the projector may still be about to put there: for less than a minute", async () => {
    const { trail, run } = world({ events: ["e1"] });
    trail.now = new Date(later(60).getTime() - 1);
    await expect(run()).resolves.toMatchObject({ published: 0, waiting: 0 });
    trail.now = later(60);
    await expect(run()).resolves.toMatchObject({ published: 1, waiting: 0 });
  });
});

describe("a fault", () => {
  test.each([
    ["expire r1", { expired: 2, concluded: 3, published: 3, waiting: 0 }, "expiry"],
    ["readConnection c1", { expired: 3, concluded: 2, published: 3, waiting: 0 }, "outcome"],
    ["writeOutcome c2", { expired: 3, concluded: 2, published: 3, waiting: 0 }, "outcome"],
    ["readWaitingEvent e1-1", { expired: 3, concluded: 3, published: 2, waiting: 1 }, "read"],
    ["markPublished e2-1", { expired: 3, concluded: 3, published: 3, waiting: 0 }, "mark"],
    ["findDue expiry", { expired: 0, concluded: 3, published: 3, waiting: 0 }, "find"],
    ["findDue outcome", { expired: 3, concluded: 0, published: 3, waiting: 0 }, "find"],
    ["findDue publication", { expired: 3, concluded: 3, published: 0, waiting: 0 }, "find"],
  ])("of %s keeps nothing else, and the next run takes it up", async (failing, counts, step) => {
    const { trail, expired, connections, run } = world(everything);
    trail.fails = (operation, id) => `${operation} ${id}` === failing;
    await expect(run()).resolves.toMatchObject({
      ...counts,
      failures: [{ step, code: "upstream-unavailable" }],
    });
    trail.fails = () => false;
    await expect(run()).resolves.toMatchObject({ waiting: 0, failures: [] });
    expect([...expired].sort()).toEqual(everything.requests);
    expect([...connections.values()].map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
    expect(trail.waiting).toEqual([]);
  });

  test("of the bus leaves the events waiting, and says how many", async () => {
    const { trail, run } = world({ events: ["e1", "e2", "e3"] });
    trail.fails = (operation) => operation === "putEvents";
    const report = await run();
    expect(report).toMatchObject({ published: 0, waiting: 3 });
    expect(report.failures).toMatchObject([{ item: "e1-1" }, { item: "e2-1" }, { item: "e3-1" }]);
  });

  test("of one entry leaves that one waiting", async () => {
    const { trail, run } = world({ events: ["e1", "e2", "e3"] });
    trail.refuses = ({ id }) => id === "e2-1";
    await expect(run()).resolves.toMatchObject({ published: 2, waiting: 1 });
    expect(trail.waiting).toEqual(["e2-1"]);
  });
});

test("each due item gets its outcome, expiry, closing or publication", async () => {
  const { trail, expired, closed, connections, run } = world(everything);
  await expect(run()).resolves.toEqual({
    expired: 3,
    concluded: 3,
    closed: 3,
    suspended: 0,
    published: 3,
    waiting: 0,
    failures: [],
  });
  expect([expired, closed]).toEqual([
    ["r1", "r2", "r3"],
    ["d1", "d2", "d3"],
  ]);
  expect(trail.bus.map(({ id }) => id)).toEqual(["e1-1", "e2-1", "e3-1"]);
  expect(connections.get("c1")).toMatchObject({
    status: "failed",
    sequence: 2,
    events: [{ type: "latchkey.connection.failed", data: { code: "internal", outcome: "unknown" } }],
  });
});

describe("after a suspension", () => {
  const due = { requests: ["r1", "r2", "r3"], suspensions: ["dave", "bob"] };

  test("each caller's links and every open request are looked at once, before the suspensions are closed", async () => {
    const { trail, run, suspended, unlinked, unsuspended } = world(due);
    await expect(run()).resolves.toMatchObject({ suspended: 5, failures: [] });
    expect([suspended, unlinked, unsuspended]).toEqual([due.requests, due.suspensions, due.suspensions]);
    const own = trail.calls.filter((call) => /Suspen/.test(call));
    expect(own.slice(-2)).toEqual(["closeSuspension dave", "closeSuspension bob"]);
    expect(own).toHaveLength(7);
  });

  test.each([
    ["endSuspended", "r2", 3],
    ["unlinkSuspended", "bob", 4],
  ])("nothing is closed if %s of %s fails", async (failing, of, done) => {
    const { trail, run, suspended, unlinked, unsuspended } = world(due);
    trail.fails = (operation, id) => operation === failing && id === of;
    await expect(run()).resolves.toMatchObject({ suspended: done, failures: [{ step: "suspension", item: of }] });
    expect(unsuspended).toEqual([]);
    trail.fails = () => false;
    await expect(run()).resolves.toMatchObject({ suspended: 5 - done, failures: [] });
    expect([suspended, unlinked, unsuspended]).toEqual([["r1", "r2", "r3"], due.suspensions, due.suspensions]);
  });
});

describe("a run is bounded", () => {
  const many = Array.from({ length: 1100 }, (_, index) => `r${index}`);

  test("to a thousand items of a kind; the next run takes the others", async () => {
    const { expired, run } = world({ requests: many });
    await expect(run()).resolves.toMatchObject({ expired: 1000 });
    expect(expired).toHaveLength(1000);
  });

  test("by its deadline", async () => {
    const { trail, ports, run } = world({ requests: many });
    const deadline = new AbortController();
    const expire: SweepPorts["expire"] = (id, context) => {
      if (id === "r3") deadline.abort();
      return ports.expire(id, context);
    };
    await run({ expire }, deadline.signal);
    expect(trail.calls.filter((call) => call.startsWith("expire"))).toHaveLength(4);
  });
});

describe("a crash at any call leaves nothing that the next run does not do", () => {
  // One page of each kind is found; then items are worked on, the bus is called once, marks are taken off.
  const due = { requests: ["r1"], connections: ["c1"], denials: ["d1"], suspensions: ["dave"], events: ["e1", "e2"] };
  const crashes = Array.from({ length: 18 }, (_, call) => call).flatMap((call) =>
    (["before", "after"] satisfies Moment[]).map((moment) => ({ call, moment })),
  );

  test("there are eighteen", async () => {
    const { trail, run } = world(due);
    await run();
    expect(trail.calls).toHaveLength(18);
  });

  test.each(crashes)("$call $moment", async (crash) => {
    const { trail, expired, closed, suspended, unlinked, unsuspended, connections, run } = world(due);
    trail.crashAt = crash;
    await run();
    trail.crashAt = undefined;
    await expect(run()).resolves.toMatchObject({ waiting: 0, failures: [] });
    expect([expired, closed, suspended, unlinked]).toEqual([["r1"], ["d1"], ["r1"], ["dave"]]);
    expect(unsuspended).toContain("dave");
    expect(connections.get("c1")).toMatchObject({ status: "failed", sequence: 2 });
    expect([...new Set(trail.bus.map(({ id }) => id))]).toEqual(["e1-1", "e2-1"]);
    expect(trail.waiting).toEqual([]);
  });
});
