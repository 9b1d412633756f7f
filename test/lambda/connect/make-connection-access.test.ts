import { describe, expect, test } from "@jest/globals";
import { type ConnectionRequest, connection } from "../../../contract/connection.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { OsUserMemory } from "../../../lambda/connect/os-user-memory.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { type AccessChanges, activeAccess, type FakeAccessTable, targetOf } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { database, web } from "../../support/samples.ts";

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

function asked(world: World, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts({ policy: onlyWithAccess(), ...world });
  const input = connectionInput(body, world.instance?.instanceId);
  return { ...fake, input, connected: () => makeConnection(fake.ports, connectSettings, input, fake.context) };
}

describe("no connection is made under access that has ended by its reservation", () => {
  const access = activeAccess();
  const putInstead = (changes: Partial<AccessRequest>) => ({
    meanwhile: { reserveAccess: (table: FakeAccessTable) => table.put({ ...access, ...changes }) },
  });
  const ends: readonly (readonly [string, World])[] = [
    ["revoked", putInstead({ status: "revoked" })],
    ["expired", putInstead({ status: "expired" })],
    ["past its expiry, which nothing has recorded yet", putInstead({ expiresAt: "2026-01-02T03:04:05.678Z" })],
    ["replaced by another request, which is active too", putInstead({ id: access.id.replace(/.$/, "0") })],
    [
      "replaced by another request, which is pending",
      putInstead({ id: access.id.replace(/.$/, "0"), status: "pending" }),
    ],
  ];
  test.each(ends)("%s: it is refused, and the denial is recorded", async (_, world) => {
    const { connected, written, denied, pushes, journal } = asked({ accessRequests: [access], ...world });
    expect(await problemFrom(connected)).toMatchObject({
      code: "approval-required",
      requirements: { approvals: 0, reason: false },
    });
    expect([written, denied]).toEqual([[], [expect.objectContaining({ code: "approval-required" })]]);
    expect(denied[0]?.accessRequestId).toBeUndefined();
    expect({ pushes, intents: journal.filter((entry) => entry === "writeIntent") }).toEqual({
      pushes: [],
      intents: [],
    });
  });

  test.each(ends)(
    "%s: if policy now permits it without access, the record names no access request",
    async (_, world) => {
      let questions = 0;
      const permitsLater = () => {
        questions += 1;
        return questions > 1;
      };
      const policy = fakePolicy({ connect: permitsLater });
      const { connected, written, journal } = asked({ accessRequests: [access], policy, ...world });
      expect(await connected()).not.toHaveProperty("accessRequestId");
      for (const { state } of written) expect(state.events[0].data).not.toHaveProperty("accessRequestId");
      expect(journal.filter((entry) => entry === "reserveAccess")).toHaveLength(1);
    },
  );

  test("it is evaluated again at the time after the reservation", async () => {
    const policy = onlyWithAccess();
    const fake = asked({ accessRequests: [access], policy });
    const reserveAccess: typeof fake.ports.access.reserveAccess = async () => {
      fake.clock.now = new Date("2026-01-02T03:04:09.000Z");
      return undefined;
    };
    const ports = { ...fake.ports, access: { ...fake.ports.access, reserveAccess } };
    await problemFrom(() => makeConnection(ports, connectSettings, fake.input, fake.context));
    const contexts = policy.questions.filter(({ action }) => action === "connect").map(({ context }) => context);
    const epochs = contexts.map(({ time }) => (time as { epoch: number }).epoch);
    // Without access and with it, and after the reservation without it.
    expect(epochs.slice(0, 3)).toEqual([1_767_323_045, 1_767_323_045, 1_767_323_049]);
    // Each of them from the same address.
    const from = { __extn: { fn: "ip", arg: "192.0.2.1" } };
    expect(contexts.map(({ sourceIp }) => sourceIp)).toEqual(contexts.map(() => from));
  });
});

describe("access that a connection is made under", () => {
  test("is reserved before the intent is written, with the intent's pushBy", async () => {
    const { connected, journal, written, access } = asked({ accessRequests: [activeAccess()] });
    await connected();
    const calls = journal.filter((entry) => !entry.includes(" ")).slice(5);
    expect(calls).toEqual(["reserveAccess", "writeIntent", "pushKey", "writeOutcome"]);
    expect(journal.indexOf("reserveAccess answered")).toBeLessThan(journal.indexOf("writeIntent"));
    expect(written[0]?.state.pushBy).toBe("2026-01-02T03:04:10.678Z");
    expect(access.read(activeAccess())?.pushBy).toBe("2026-01-02T03:04:10.678Z");
  });

  test("tells the revoker until when a push may start, even before the intent is written", async () => {
    const told: (string | undefined)[] = [];
    const { connected, pushes } = asked({
      accessRequests: [activeAccess()],
      meanwhile: { writeIntent: (table) => told.push(table.read(activeAccess())?.pushBy) },
    });
    await connected();
    expect(told).toEqual(pushes.map(({ pushBy }) => pushBy.toISOString()));
  });

  test("is not reserved if policy refuses the connection or the instance is stopped", async () => {
    const stopped = { ...web, state: "stopped" };
    for (const world of [{ policy: fakePolicy({ connect: false }) }, { instance: stopped }]) {
      const { connected, journal } = asked({ accessRequests: [activeAccess()], ...world });
      await problemFrom(connected);
      expect(journal).not.toContain("reserveAccess");
    }
  });

  test.each([
    ["an hour left", "2026-01-02T04:00:00.000Z", "2026-01-02T03:04:10.678Z"],
    ["five seconds left", "2026-01-02T03:04:10.678Z", "2026-01-02T03:04:10.678Z"],
    ["a millisecond less", "2026-01-02T03:04:10.677Z", "2026-01-02T03:04:10.677Z"],
    ["a millisecond left", "2026-01-02T03:04:05.679Z", "2026-01-02T03:04:05.679Z"],
  ])("lets no attempt start later than it lasts: %s", async (_, expiresAt, pushBy) => {
    const { connected, pushes, written, access } = asked({ accessRequests: [activeAccess({ expiresAt })] });
    await connected();
    expect(pushes).toMatchObject([{ pushBy: new Date(pushBy) }]);
    expect(written.map(({ state }) => state.pushBy)).toEqual([pushBy, pushBy]);
    expect(access.read(activeAccess())?.pushBy).toBe(pushBy);
  });

  test("is in the response, and in the log fields", async () => {
    const { connected, fields } = asked({ accessRequests: [activeAccess({ breakGlass: true })] });
    const response = await connected();
    expect(connection.parse(response)).toMatchObject({
      accessRequestId: activeAccess().id,
      accessExpiresAt: "2026-01-02T04:00:00.000Z",
    });
    expect(fields).toMatchObject({ accessRequestId: activeAccess().id, breakGlass: true });
  });

  test("limits the tunnel to its remaining time", async () => {
    const { instanceId } = database;
    const access = activeAccess({ instanceId, expiresAt: "2026-01-02T03:06:00.000Z" });
    const { connected } = asked({ instance: database, accessRequests: [access] }, { maxTunnelSeconds: 600 });
    // 114 seconds remain, 57 of them to open the tunnel in.
    expect((await connected()).tunnel).toMatchObject({
      maxDurationSeconds: 57,
      expiresAt: "2026-01-02T03:05:03.000Z",
    });
  });

  test("is looked up for the instance's actual OS user, not for the guess", async () => {
    const instance = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
    const [guessed, right] = [
      activeAccess(),
      activeAccess({ osUser: "ubuntu", id: `ar-${"0".repeat(32)}-0123456789ab` }),
    ];
    const { connected, pushes } = asked({ instance, accessRequests: [guessed, right] });
    expect(await connected()).toMatchObject({ user: "ubuntu", accessRequestId: right.id });
    expect(pushes).toMatchObject([{ osUser: "ubuntu" }]);
    expect(await problemFrom(asked({ instance, accessRequests: [guessed] }).connected)).toMatchObject({
      code: "approval-required",
    });
  });

  test("is not looked up for the OS user that an earlier request has learned", async () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web, "root");
    const { connected } = asked({ osUsers, accessRequests: [activeAccess({ osUser: "root" })] });
    expect(await problemFrom(connected)).toMatchObject({ code: "approval-required" });
  });

  test.each<[sentence: string, changes: AccessChanges]>([
    ["another subject", { subject: "dave" }],
    ["another instance", { instanceId: database.instanceId }],
    ["a namesake of the instance in another account", { accountId: "444455556666" }],
    ["a namesake of the instance in another region", { region: "eu-west-1" }],
    ["another OS user", { osUser: "root" }],
    ["the access target, but of an unknown status", { status: "unknown" }],
  ])("is found under the access target's key, and covers nothing if it is for %s", async (_, changes) => {
    // Its own key has it too, so that a reservation would not stop the connection.
    const { connected, access, pushes, journal } = asked({ accessRequests: [activeAccess(changes)] });
    access.put(activeAccess(changes), targetOf(activeAccess()));
    expect(await problemFrom(connected)).toMatchObject({ code: "approval-required" });
    expect(pushes).toEqual([]);
    expect(journal).not.toContain("reserveAccess");
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
    const { connected, journal, written, pushes, access } = asIfThereWereNone(expiresAt);
    const response = await connected();
    expect(response).not.toHaveProperty("accessRequestId");
    expect(response.tunnel).toMatchObject({ maxDurationSeconds: 600, expiresAt: "2026-01-02T03:05:05.000Z" });
    expect(pushes).toMatchObject([{ pushBy: new Date("2026-01-02T03:04:10.678Z") }]);
    expect(journal).not.toContain("reserveAccess");
    expect(access.read(activeAccess({ instanceId }))).not.toHaveProperty("pushBy");
    for (const { state } of written) expect(state.events[0].data).not.toHaveProperty("accessRequestId");
  });
});

describe("if access ends while the connection is made, before any push attempt", () => {
  const expiresAt = "2026-01-02T03:04:06.000Z";

  /** The clock advances to this time while the intent is written. */
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

  test("the caller gets what is missing now, and the record has both", async () => {
    const fake = late("2026-01-02T03:04:06.001Z");
    expect(await fake.problem()).toMatchObject({
      code: "approval-required",
      requirements: { approvals: 0, reason: false },
    });
    expect(trail(fake)).toEqual(failed);
    const [intended, outcome] = fake.written;
    expect(outcome?.connectionId).toBe(intended?.connectionId);
    const at = new Date("2026-01-02T03:04:06.001Z");
    expect(fake.denied).toEqual([
      expect.objectContaining({ code: "approval-required", at, accessRequestId: undefined }),
    ]);
    expect(fake.pushes).toEqual([]);
  });

  test("if no access would help any more, the caller gets policy's denial", async () => {
    const policy = fakePolicy({
      connect: ({ context }) =>
        context["access"] !== undefined && (context["time"] as { epoch: number }).epoch < 1_767_323_046,
    });
    expect(await late("2026-01-02T03:04:06.001Z", { policy }).problem()).toMatchObject({ code: "access-denied" });
  });

  test("if the denial cannot be written, the caller gets that fault", async () => {
    const unavailable = new Problem("upstream-unavailable");
    const fake = late("2026-01-02T03:04:06.001Z", { faults: { writeDenial: [unavailable] } });
    expect(await fake.problem()).toBe(unavailable);
    expect(trail(fake)).toEqual(failed);
  });

  test.each<[string, string, World]>([
    ["the access lasts", "2026-01-02T03:04:10.679Z", { accessRequests: [activeAccess()] }],
    ["none was needed", "2026-01-02T03:04:10.679Z", { policy: fakePolicy(), accessRequests: [] }],
    [
      "an attempt has started, and may have pushed the key",
      "2026-01-02T03:04:06.001Z",
      { faults: { pushKey: [new Problem("deadline-exceeded")] } },
    ],
  ])("it stays a push that came to no end in time, where %s", async (_, now, world) => {
    const fake = late(now, world);
    expect(await fake.problem()).toMatchObject({ code: "deadline-exceeded" });
    expect(trail(fake)).toEqual(failed);
  });
});

test("a serial console is not opened under what only an extension still gives", async () => {
  const port = `${web.instanceId}.port0`;
  const extended = activeAccess({ osUser: port, extendedBy: [], activatedAt: "2026-01-02T02:00:00.000Z" });
  const serial = (accessRequests: readonly AccessRequest[]) =>
    asked({ accessRequests }, { connectionType: "serial" }).connected();
  expect(await problemFrom(() => serial([extended]))).toMatchObject({ code: "approval-required" });
  const longer = { ...extended, durationSeconds: 7200 };
  expect(await serial([longer])).toMatchObject({
    accessRequestId: longer.id,
    accessExpiresAt: "2026-01-02T04:00:00.000Z",
  });
});
