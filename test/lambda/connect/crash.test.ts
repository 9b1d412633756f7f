import { describe, expect, test } from "@jest/globals";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import type { ConnectionRecord } from "../../../lambda/connect/record.ts";
import { type SweepPorts, sweep } from "../../../lambda/workers/sweep.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { type Crash, crashingPorts, settle, withEachCall } from "../../support/crash.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { FakeTrail } from "../../support/fake-trail.ts";
import { database, web } from "../../support/samples.ts";

type Fake = ReturnType<typeof fakeConnectPorts>;

interface Scenario {
  readonly world: () => World;
  /** A second push under the same record. */
  readonly again?: boolean;
  /** How a request ends if nothing crashes. */
  readonly ends: "pushed" | "denied";
}

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });
const databaseAccess = activeAccess({ instanceId: database.instanceId });

const scenarios: Readonly<Record<string, Scenario>> = {
  "an absent instance": { world: () => ({ instance: undefined }), ends: "denied" },
  "no access": { world: () => ({ policy: onlyWithAccess() }), ends: "denied" },
  "access that is revoked meanwhile": {
    world: () => ({
      policy: onlyWithAccess(),
      accessRequests: [activeAccess()],
      meanwhile: { reserveAccess: (table) => table.put(activeAccess({ status: "revoked" })) },
    }),
    ends: "denied",
  },
  direct: { world: () => ({}), ends: "pushed" },
  "pushed a second time": { world: () => ({}), again: true, ends: "pushed" },
  "the OS user guessed wrongly, with access": {
    world: () => ({
      policy: onlyWithAccess(),
      instance: { ...web, imageId: "ami-1" },
      imageName: "ubuntu",
      accessRequests: [activeAccess({ osUser: "ubuntu" })],
    }),
    ends: "pushed",
  },
  "through an endpoint, with access": {
    world: () => ({ policy: onlyWithAccess(), instance: database, accessRequests: [databaseAccess] }),
    ends: "pushed",
  },
};

async function prepared({ world, again }: Scenario) {
  const given = world();
  const fake = fakeConnectPorts(given);
  const instanceId = given.instance?.instanceId ?? web.instanceId;
  const connect = (ports: Fake["ports"], record?: ConnectionRecord) =>
    makeConnection(ports, connectSettings, { ...connectionInput({}, instanceId), record }, fake.context);
  const first = again ? await connect(fake.ports) : undefined;
  fake.clock.now = new Date(fake.clock.now.getTime() + (again ? 20_000 : 0));
  const record = first && { connectionId: first.connectionId, sequence: 2 };
  return { fake, connect, record };
}

/** The calls of a request without a crash. */
async function callsOf(scenario: Scenario): Promise<number> {
  const { fake, connect, record } = await prepared(scenario);
  const counted = crashingPorts(fake.ports, 0, "before it is applied");
  await connect(counted.ports, record).catch(() => {});
  return counted.calls();
}

const crashes: readonly Crash[] = ["before it is applied", "after it is applied"];

describe.each(Object.entries(scenarios))("%s", (_, scenario) => {
  describe.each(crashes)("the function crashes in each of its calls in turn, %s", (crash) => {
    test("every push has its intent, nothing stays open, and the next request gets a response", async () => {
      const calls = await callsOf(scenario);
      expect(calls).toBeGreaterThanOrEqual(5);
      for (let k = 1; k <= calls; k += 1) {
        const { fake, connect, record } = await prepared(scenario);
        const ended = connect(crashingPorts(fake.ports, k, crash).ports, record);
        expect(await Promise.race([ended, settle().then(() => "never")])).toBe("never");

        expectEveryPushIntended(fake);
        await closeWhatIsDue(fake);
        expectNothingOpen(fake);
        await expectNextAnswered(scenario, fake, connect, record);
      }
    });
  });

  test.each(["applied", "answered"] as const)(
    "each call is %s a minute late, in turn: no attempt starts after pushBy, and the trail is complete",
    async (late) => {
      const calls = await callsOf(scenario);
      for (let k = 1; k <= calls; k += 1) {
        const { fake, connect, record } = await prepared(scenario);
        await connect(slowPorts(fake, k, late), record).catch(() => {});
        expectEveryPushIntended(fake);
        expectNothingOpen(fake);
      }
    },
  );
});

test("the sweep closes a crash that loses the outcome as unknown, once nobody can report it any more", async () => {
  const { fake, connect } = await prepared({ world: () => ({}), ends: "pushed" });
  connect(crashingPorts(fake.ports, 7, "after it is applied").ports);
  await settle();
  expect(fake.journal).toContain("pushKey");
  const dueAt = await closeWhatIsDue(fake);
  expect(dueAt).toEqual(["2026-01-02T03:04:40.678Z"]);
  expect(fake.written.map(({ state }) => [state.sequence, state.status, state.events[0].data["outcome"]])).toEqual([
    [1, "intended", undefined],
    [2, "failed", "unknown"],
  ]);
});

/** Each push has an intent written before it, and starts by its `pushBy`. */
function expectEveryPushIntended({ journal, pushes, written }: Fake): void {
  const intents = written.filter(({ state: { status } }) => status === "intended").map(({ state }) => state);
  expect(intents.length).toBeGreaterThanOrEqual(pushes.length);
  if (journal.includes("pushKey")) {
    expect(journal.indexOf("writeIntent answered")).toBeGreaterThanOrEqual(0);
    expect(journal.indexOf("writeIntent answered")).toBeLessThan(journal.indexOf("pushKey"));
  }
  for (const { startedAt, pushBy, instanceId, osUser } of pushes) {
    const facts = { instanceId, osUser, pushBy: pushBy.toISOString() };
    expect(intents.map(({ events: [{ data }] }) => data)).toContainEqual(expect.objectContaining(facts));
    expect(startedAt.getTime()).toBeLessThanOrEqual(pushBy.getTime());
  }
}

/** Sweeps a millisecond before something is due, and when it is. @returns when that was. */
async function closeWhatIsDue({ connections }: Fake): Promise<string[]> {
  const due = connections.items.flatMap(([id, { due, dueAt }]) => (due && dueAt !== undefined ? [{ id, dueAt }] : []));
  for (const { id, dueAt } of due) {
    const trail = new FakeTrail();
    trail.due = { outcome: [id] };
    const ports: SweepPorts = {
      findDue: trail.ports.findDue,
      expire: async () => false,
      close: async () => false,
      endSuspended: async () => false,
      unlinkSuspended: async () => false,
      closeSuspension: async () => {},
      connections: {
        readConnection: async () => connections.items.find(([each]) => each === id)?.[1],
        writeOutcome: async (_, state) => connections.write(id, state),
      },
      events: trail.ports,
    };
    trail.now = new Date(Date.parse(dueAt) - 1);
    expect(await sweep(ports, trail.context())).toMatchObject({ concluded: 0, failures: [] });
    trail.now = new Date(dueAt);
    expect(await sweep(ports, trail.context())).toMatchObject({ concluded: 1, failures: [] });
  }
  return due.map(({ dueAt }) => dueAt);
}

/** Every connection has its outcome, and its events are numbered without gaps. */
function expectNothingOpen({ connections, written }: Fake): void {
  for (const [connectionId, { status }] of connections.items) {
    expect(["pushed", "failed"]).toContain(status);
    const ofThis = written.filter((each) => each.connectionId === connectionId).map(({ state }) => state);
    expect(ofThis.map(({ sequence }) => sequence)).toEqual(ofThis.map((_, index) => index + 1));
    expect(ofThis.map(({ events: [{ data }] }) => data.sequence)).toEqual(ofThis.map(({ sequence }) => sequence));
  }
}

async function expectNextAnswered(
  { ends }: Scenario,
  { connections, ports }: Fake,
  connect: (ports: Fake["ports"], record?: ConnectionRecord) => Promise<unknown>,
  record: ConnectionRecord | undefined,
): Promise<void> {
  const stored = connections.items.find(([id]) => id === record?.connectionId)?.[1];
  const next = connect(ports, record && stored && { ...record, sequence: stored.sequence });
  if (ends === "pushed") await expect(next).resolves.toMatchObject({ expiresAt: expect.any(String) });
  else
    await expect(next).rejects.toMatchObject({
      code: expect.stringMatching(/^(approval-required|instance-not-found)$/),
    });
}

/** Ports whose k-th call waits a minute. */
function slowPorts({ ports, clock }: Fake, k: number, late: "applied" | "answered"): Fake["ports"] {
  const wait = () => {
    clock.now = new Date(clock.now.getTime() + 60_000);
  };
  let calls = 0;
  return withEachCall(ports, async (call) => {
    calls += 1;
    const isSlow = calls === k;
    if (isSlow && late === "applied") wait();
    const response = await call();
    if (isSlow && late === "answered") wait();
    return response;
  });
}
