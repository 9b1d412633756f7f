import { describe, expect, test } from "@jest/globals";
import { type ConnectionRequest, connection } from "../../../contract/connection.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { OsUserMemory } from "../../../lambda/connect/os-user-memory.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess, type FakeAccessTable } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { database, web } from "../../support/samples.ts";

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

function asked(world: World, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts({ policy: onlyWithAccess(), ...world });
  const input = connectionInput(body, world.instance?.instanceId);
  return { ...fake, input, answered: () => makeConnection(fake.ports, connectSettings, input, fake.context) };
}

describe("access that has ended by the time it is touched carries nothing", () => {
  const access = activeAccess();
  const putInstead = (changes: Partial<AccessRequest>) => ({
    meanwhile: { reserveAccess: (table: FakeAccessTable) => table.put({ ...access, ...changes }) },
  });
  const ends: readonly (readonly [string, World])[] = [
    ["revoked", putInstead({ status: "revoked" })],
    ["expired", putInstead({ status: "expired" })],
    ["over, though nothing says so yet", putInstead({ expiresAt: "2026-01-02T03:04:05.678Z" })],
    ["another's by now, which is active too", putInstead({ id: access.id.replace(/.$/, "0") })],
    ["another's by now, which is pending", putInstead({ id: access.id.replace(/.$/, "0"), status: "pending" })],
  ];
  test.each(ends)("%s: it is refused, and the denial stands on record", async (_, world) => {
    const { answered, written, pushes, journal } = asked({ accessRequests: [access], ...world });
    expect(await problemFrom(answered)).toMatchObject({
      code: "approval-required",
      requirements: { approvals: 0, reason: false },
    });
    expect(written.map(({ state }) => state.events[0].type)).toEqual(["latchkey.connection.denied"]);
    expect(written[0]?.state.events[0].data).not.toHaveProperty("accessRequestId");
    expect({ pushes, intents: journal.filter((entry) => entry === "writeIntent") }).toEqual({
      pushes: [],
      intents: [],
    });
  });

  test.each(ends)("%s: where policy now permits it without, it is not on record as carried", async (_, world) => {
    let questions = 0;
    const permitsLater = () => {
      questions += 1;
      return questions > 1;
    };
    const policy = fakePolicy({ connect: permitsLater });
    const { answered, written, journal } = asked({ accessRequests: [access], policy, ...world });
    expect(await answered()).not.toHaveProperty("accessRequestId");
    for (const { state } of written) expect(state.events[0].data).not.toHaveProperty("accessRequestId");
    expect(journal.filter((entry) => entry === "reserveAccess")).toHaveLength(1);
  });

  test("it is judged anew at the moment after the touch", async () => {
    const policy = onlyWithAccess();
    const fake = asked({ accessRequests: [access], policy });
    const reserveAccess: typeof fake.ports.access.reserveAccess = async () => {
      fake.clock.now = new Date("2026-01-02T03:04:09.000Z");
      return undefined;
    };
    const ports = { ...fake.ports, access: { ...fake.ports.access, reserveAccess } };
    await problemFrom(() => makeConnection(ports, connectSettings, fake.input, fake.context));
    const epochs = policy.questions
      .filter(({ action }) => action === "connect")
      .map(({ context }) => (context["time"] as { epoch: number }).epoch);
    // Without access and with it, and after the touch without.
    expect(epochs.slice(0, 3)).toEqual([1_767_323_045, 1_767_323_045, 1_767_323_049]);
  });
});

describe("access that carries a connection", () => {
  test("is touched before the intent is written, with the intent's own pushBy", async () => {
    const { answered, journal, written, access } = asked({ accessRequests: [activeAccess()] });
    await answered();
    const calls = journal.filter((entry) => !entry.includes(" ")).slice(4);
    expect(calls).toEqual(["reserveAccess", "writeIntent", "pushKey", "writeOutcome"]);
    expect(journal.indexOf("reserveAccess answered")).toBeLessThan(journal.indexOf("writeIntent"));
    expect(written[0]?.state.pushBy).toBe("2026-01-02T03:04:10.678Z");
    expect(access.read(activeAccess())?.pushBy).toBe("2026-01-02T03:04:10.678Z");
  });

  test("tells whoever revokes it until when a push may start, though the intent is not written yet", async () => {
    const told: (string | undefined)[] = [];
    const { answered, pushes } = asked({
      accessRequests: [activeAccess()],
      meanwhile: { writeIntent: (table) => told.push(table.read(activeAccess())?.pushBy) },
    });
    await answered();
    expect(told).toEqual(pushes.map(({ pushBy }) => pushBy.toISOString()));
  });

  test("is not touched where policy refuses the connection, or the instance is stopped", async () => {
    const stopped = { ...web, state: "stopped" };
    for (const world of [{ policy: fakePolicy({ connect: false }) }, { instance: stopped }]) {
      const { answered, journal } = asked({ accessRequests: [activeAccess()], ...world });
      await problemFrom(answered);
      expect(journal).not.toContain("reserveAccess");
    }
  });

  test.each([
    ["an hour left", "2026-01-02T04:00:00.000Z", "2026-01-02T03:04:10.678Z"],
    ["five seconds left", "2026-01-02T03:04:10.678Z", "2026-01-02T03:04:10.678Z"],
    ["a millisecond less", "2026-01-02T03:04:10.677Z", "2026-01-02T03:04:10.677Z"],
    ["a millisecond left", "2026-01-02T03:04:05.679Z", "2026-01-02T03:04:05.679Z"],
  ])("lets no attempt start later than it lasts: %s", async (_, expiresAt, pushBy) => {
    const { answered, pushes, written, access } = asked({ accessRequests: [activeAccess({ expiresAt })] });
    await answered();
    expect(pushes).toMatchObject([{ pushBy: new Date(pushBy) }]);
    expect(written.map(({ state }) => state.pushBy)).toEqual([pushBy, pushBy]);
    expect(access.read(activeAccess())?.pushBy).toBe(pushBy);
  });

  test("stands in the answer, and in the log fields", async () => {
    const { answered, fields } = asked({ accessRequests: [activeAccess({ breakGlass: true })] });
    const answer = await answered();
    expect(connection.parse(answer)).toMatchObject({
      accessRequestId: activeAccess().id,
      accessExpiresAt: "2026-01-02T04:00:00.000Z",
    });
    expect(fields).toMatchObject({ accessRequestId: activeAccess().id, breakGlass: true });
  });

  test("caps its tunnel to what is left of it", async () => {
    const { instanceId } = database;
    const access = activeAccess({ instanceId, expiresAt: "2026-01-02T03:06:00.000Z" });
    const { answered } = asked({ instance: database, accessRequests: [access] }, { maxTunnelSeconds: 600 });
    // 114 seconds, of which 57 are kept to open it in.
    expect((await answered()).tunnel).toMatchObject({
      maxDurationSeconds: 57,
      expiresAt: "2026-01-02T03:05:03.000Z",
    });
  });

  test("is that of the OS user whom the instance turns out to have, not of the guess", async () => {
    const instance = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
    const [guessed, right] = [
      activeAccess(),
      activeAccess({ osUser: "ubuntu", id: `ar-${"0".repeat(32)}-0123456789ab` }),
    ];
    const { answered, pushes } = asked({ instance, accessRequests: [guessed, right] });
    expect(await answered()).toMatchObject({ user: "ubuntu", accessRequestId: right.id });
    expect(pushes).toMatchObject([{ osUser: "ubuntu" }]);
    expect(await problemFrom(asked({ instance, accessRequests: [guessed] }).answered)).toMatchObject({
      code: "approval-required",
    });
  });

  test("is not that of a user whom an earlier request has learnt", async () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web.instanceId, "root");
    const { answered } = asked({ osUsers, accessRequests: [activeAccess({ osUser: "root" })] });
    expect(await problemFrom(answered)).toMatchObject({ code: "approval-required" });
  });

  test("is found under the accessTarget's key, and refused if it is not the accessTarget's", async () => {
    const { answered, access, pushes } = asked({});
    access.put(activeAccess({ subject: "dave" }), activeAccess());
    expect(await problemFrom(answered)).toMatchObject({ code: "approval-required" });
    expect(pushes).toEqual([]);
  });
});

describe("access that a connection does not need", () => {
  const { instanceId } = database;
  const asIfThereWereNone = (expiresAt: string) =>
    asked(
      { policy: fakePolicy(), instance: database, accessRequests: [activeAccess({ instanceId, expiresAt })] },
      { maxTunnelSeconds: 600 },
    );

  test.each([
    ["ends in a moment", "2026-01-02T03:04:05.679Z"],
    ["lasts an hour", "2026-01-02T04:00:00.000Z"],
  ])("and that %s neither carries it nor bounds it", async (_, expiresAt) => {
    const { answered, journal, written, pushes, access } = asIfThereWereNone(expiresAt);
    const answer = await answered();
    expect(answer).not.toHaveProperty("accessRequestId");
    expect(answer.tunnel).toMatchObject({ maxDurationSeconds: 600, expiresAt: "2026-01-02T03:05:05.000Z" });
    expect(pushes).toMatchObject([{ pushBy: new Date("2026-01-02T03:04:10.678Z") }]);
    expect(journal).not.toContain("reserveAccess");
    expect(access.read(activeAccess({ instanceId }))).not.toHaveProperty("pushBy");
    for (const { state } of written) expect(state.events[0].data).not.toHaveProperty("accessRequestId");
  });
});

describe("where access ends while the connection is made, and no attempt to push was started", () => {
  const expiresAt = "2026-01-02T03:04:06.000Z";

  /** Time goes on to this moment while the intent is written. */
  function late(now: string, world: World = {}) {
    const fake = asked({ accessRequests: [activeAccess({ expiresAt })], ...world });
    const writeIntent: typeof fake.ports.connections.writeIntent = async (...intent) => {
      await fake.ports.connections.writeIntent(...intent);
      fake.clock.now = new Date(now);
    };
    const ports = { ...fake.ports, connections: { ...fake.ports.connections, writeIntent } };
    return {
      ...fake,
      problem: () => problemFrom(() => makeConnection(ports, connectSettings, fake.input, fake.context)),
    };
  }
  const trail = ({ written }: ReturnType<typeof late>) =>
    written.map(({ state: { status, sequence, events } }) => [status, sequence, events[0].data["code"]]);
  const failed = [
    ["intended", 1, undefined],
    ["failed", 2, "deadline-exceeded"],
  ];

  test("the answer is what is missing now, and both stand on record", async () => {
    const fake = late("2026-01-02T03:04:06.001Z");
    expect(await fake.problem()).toMatchObject({
      code: "approval-required",
      requirements: { approvals: 0, reason: false },
    });
    expect(trail(fake)).toEqual([...failed, ["denied", 1, "approval-required"]]);
    const [intended, outcome, denied] = fake.written;
    expect(outcome?.connectionId).toBe(intended?.connectionId);
    expect(denied?.connectionId).not.toBe(intended?.connectionId);
    expect(denied?.state.events[0]).toMatchObject({ time: "2026-01-02T03:04:06.001Z" });
    expect(denied?.state.events[0].data).not.toHaveProperty("accessRequestId");
    expect(fake.pushes).toEqual([]);
  });

  test("where no access would help any more, policy's denial is the answer", async () => {
    const policy = fakePolicy({
      connect: ({ context }) =>
        context["access"] !== undefined && (context["time"] as { epoch: number }).epoch < 1_767_323_046,
    });
    expect(await late("2026-01-02T03:04:06.001Z", { policy }).problem()).toMatchObject({ code: "access-denied" });
  });

  test("where the denial cannot be written, its fault is the answer", async () => {
    const unavailable = new Problem("upstream-unavailable");
    const fake = late("2026-01-02T03:04:06.001Z", { faults: { writeDenial: [unavailable] } });
    expect(await fake.problem()).toBe(unavailable);
    expect(trail(fake)).toEqual(failed);
  });

  test.each<[string, string, World]>([
    ["the access lasts", "2026-01-02T03:04:10.679Z", { accessRequests: [activeAccess()] }],
    ["none was needed", "2026-01-02T03:04:10.679Z", { policy: fakePolicy(), accessRequests: [] }],
    [
      "an attempt was started, and may have pushed the key",
      "2026-01-02T03:04:06.001Z",
      { faults: { pushKey: [new Problem("deadline-exceeded")] } },
    ],
  ])("it stays a push that came to no end in time, where %s", async (_, now, world) => {
    const fake = late(now, world);
    expect(await fake.problem()).toMatchObject({ code: "deadline-exceeded" });
    expect(trail(fake)).toEqual(failed);
  });
});
