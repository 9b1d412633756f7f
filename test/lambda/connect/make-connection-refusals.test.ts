import { describe, expect, test } from "@jest/globals";
import type { ConnectionRequest } from "../../../contract/connection.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings, deadlineAt } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { database, place, unreachable, web } from "../../support/samples.ts";

async function refused(world: World, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts(world);
  const input = connectionInput(body, world.instance?.instanceId);
  const made = () => makeConnection(fake.ports, connectSettings, input, fake.context);
  return { ...fake, problem: await problemFrom(made) };
}

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });
const unavailable = new Problem("upstream-unavailable");

test.each<[string, World]>([
  ["that there is", {}],
  ["that there is not", { instance: undefined }],
  ["that the caller may not view", { policy: fakePolicy({ view: false }) }],
])("a suspended caller's denial is recorded, and names any instance: one %s", async (_, world) => {
  const { problem, pushes, written, denied } = await refused({ ...world, isSuspended: true });
  expect({ code: problem.code, pushes, written }).toEqual({ code: "caller-suspended", pushes: [], written: [] });
  expect(denied).toMatchObject([{ code: "caller-suspended", instanceId: web.instanceId, policies: [] }]);
});

test("no push may start after the request's deadline, which bounds what a suspension does not stop", async () => {
  const { ports, context, pushes } = fakeConnectPorts({ now: new Date(deadlineAt.getTime() - 2000) });
  await makeConnection(ports, connectSettings, connectionInput(), context);
  expect(pushes).toMatchObject([{ pushBy: deadlineAt }]);
});

describe("nothing is pushed or recorded if", () => {
  test.each<[string, World, Partial<ConnectionRequest>, string]>([
    ["the key is invalid", {}, { publicKey: keys.ecdsa }, "invalid-request"],
    ["the options contradict each other", {}, { ipAddress: "203.0.113.10" }, "invalid-request"],
    ["the address is another's", {}, { connectionType: "direct", ipAddress: "192.0.2.99" }, "invalid-request"],
    ["the instance is stopped", { instance: { ...web, state: "stopped" } }, {}, "instance-not-running"],
    ["the instance is unreachable", { instance: unreachable }, {}, "no-route-to-instance"],
    ["the instance cannot be described", { faults: { describeInstance: [unavailable] } }, {}, "upstream-unavailable"],
    ["the endpoints cannot be described", { faults: { describeEndpoints: [unavailable] } }, {}, "upstream-unavailable"],
    ["the table cannot be read", { faults: { readForConnection: [unavailable] } }, {}, "upstream-unavailable"],
    ["the push role cannot be assumed", { faults: { assumePushRole: [unavailable] } }, {}, "upstream-unavailable"],
    [
      "the push role cannot be assumed for the tag's user",
      {
        instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } },
        faults: { assumePushRole: [undefined, unavailable] },
      },
      {},
      "upstream-unavailable",
    ],
    [
      "the table cannot be read for the tag's user",
      {
        instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } },
        faults: { readCurrentAccess: [unavailable] },
      },
      {},
      "upstream-unavailable",
    ],
    [
      "the access request cannot be reserved",
      { policy: onlyWithAccess(), accessRequests: [activeAccess()], faults: { reserveAccess: [unavailable] } },
      {},
      "upstream-unavailable",
    ],
  ])("%s", async (_, world, body, code) => {
    const { problem, pushes, tunnels, written, denied } = await refused(world, body);
    expect(problem.code).toBe(code);
    expect({ pushes, tunnels, written, denied }).toEqual({ pushes: [], tunnels: [], written: [], denied: [] });
  });
});

test.each([
  ["an invalid key", { publicKey: "" }],
  ["options that contradict each other", { ipAddress: "203.0.113.10" }],
])("%s is refused before AWS is asked anything", async (_, body) => {
  const { journal, counted } = await refused({}, body);
  expect({ journal, counted }).toEqual({ journal: [], counted: [] });
});

describe("a quota of the caller that is used up", () => {
  test("of pushes: nothing is pushed or recorded, and the response names the limit and the seconds to wait", async () => {
    const { problem, pushes, written, counted } = await refused({ usedUp: ["pushes"] });
    // The window is that from 03:00 to 03:10.
    expect(problem).toMatchObject({ code: "throttled", limit: "pushes", headers: { "Retry-After": "355" } });
    expect({ pushes, written, counted }).toEqual({ pushes: [], written: [], counted: ["pushes"] });
  });

  test.each<[string, World]>([
    ["a denial", { policy: fakePolicy({ connect: false }) }],
    ["an absent instance", { instance: undefined }],
    ["an instance that the caller may not view", { policy: fakePolicy({ view: false }) }],
  ])("of denials: %s is not recorded, and all look the same", async (_, world) => {
    const { problem, written } = await refused({ ...world, usedUp: ["denials"] });
    expect(problem).toMatchObject({ code: "throttled", limit: "denials", headers: { "Retry-After": "355" } });
    expect(written).toEqual([]);
  });

  test.each<[string, World]>([
    ["of denials holds back no connection that policy permits", { usedUp: ["denials"] }],
    [
      "of pushes never holds back break-glass",
      { usedUp: ["pushes"], policy: onlyWithAccess(), accessRequests: [activeAccess({ breakGlass: true })] },
    ],
  ])("%s", async (_, world) => {
    const fake = fakeConnectPorts(world);
    await makeConnection(fake.ports, connectSettings, connectionInput(), fake.context);
    expect(fake.pushes).toHaveLength(1);
  });

  test("of pushes does not hide why policy denies", async () => {
    const { problem } = await refused({ usedUp: ["pushes"], policy: fakePolicy({ connect: false }) });
    expect(problem.code).toBe("access-denied");
  });
});

test("without an intent, nothing is pushed", async () => {
  const { problem, pushes, journal } = await refused({ faults: { writeIntent: [unavailable] }, instance: database });
  expect(problem).toBe(unavailable);
  expect(pushes).toEqual([]);
  expect(journal.at(-1)).toBe("writeIntent failed");
});

describe("a denial is recorded before the response", () => {
  const noWay = fakePolicy({ connect: false });
  const withAccess = onlyWithAccess();
  const tagged = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
  const requirements = { approvals: 0, reason: false };
  test.each<[string, World, Partial<ConnectionRequest>, string, object]>([
    ["an absent instance", { instance: undefined }, {}, "instance-not-found", { policies: [] }],
    [
      "one that the caller may not view",
      { policy: fakePolicy({ view: false }) },
      {},
      "instance-not-found",
      { policies: [] },
    ],
    [
      "one that the caller may not view, as the requested user",
      { policy: fakePolicy({ view: false }) },
      { osUser: "root", reason: "INC-42" },
      "instance-not-found",
      { policies: [], osUser: "root", reason: "INC-42" },
    ],
    [
      "policy denies",
      { policy: noWay, instance: tagged },
      {},
      "access-denied",
      { policies: ["connect-forbidden"], osUser: "ubuntu" },
    ],
    [
      "policy denies, with or without access",
      { policy: noWay, accessRequests: [activeAccess()] },
      {},
      "access-denied",
      { policies: ["connect-forbidden"], osUser: "ec2-user", accessRequestId: activeAccess().id, breakGlass: false },
    ],
    [
      "approval is needed",
      { policy: withAccess },
      {},
      "approval-required",
      { policies: ["connect-forbidden"], osUser: "ec2-user", requirements },
    ],
    [
      "approval is needed, though the instance is stopped",
      { policy: withAccess, instance: { ...web, state: "stopped" } },
      {},
      "approval-required",
      { policies: ["connect-forbidden"], osUser: "ec2-user", requirements },
    ],
  ])("%s", async (_, world, body, code, facts) => {
    const { problem, pushes, tunnels, written, denied, journal, fields } = await refused(world, body);
    expect(problem.code).toBe(code);
    expect({ pushes, tunnels, written }).toEqual({ pushes: [], tunnels: [], written: [] });
    expect(journal.at(-1)).toBe("writeDenial answered");
    expect(denied).toHaveLength(1);
    expect(denied[0]).toEqual({
      code,
      actor: "alice",
      subject: "alice",
      ...place,
      instanceId: web.instanceId,
      publicKeyFingerprint: fingerprints.ed25519,
      policyDigest: "sha256:test",
      requestId: "request-1",
      at: new Date("2026-01-02T03:04:05.678Z"),
      ...facts,
    });
    expect(fields.denialId).toMatch(/^dn-[0-9a-f]{32}$/);
  });

  test("an absent instance and one that the caller may not view leave the same record, by the same calls", async () => {
    const [absent, unseen] = [
      await refused({ instance: undefined }),
      await refused({ policy: fakePolicy({ view: false }) }),
    ];
    expect(absent.journal).toEqual(unseen.journal);
    expect(absent.denied).toHaveLength(1);
    expect(absent.denied).toEqual(unseen.denied);
    expect(absent.fields.denialId).toBe(unseen.fields.denialId);
  });

  test.each<[string, World]>([
    ["an absent instance", { instance: undefined }],
    ["what policy denies", { policy: noWay }],
    ["what needs approval", { policy: withAccess }],
  ])("if it cannot be written, the caller gets that fault: %s", async (_, world) => {
    const { problem, pushes } = await refused({ ...world, faults: { writeDenial: [unavailable] } });
    expect(problem).toBe(unavailable);
    expect(pushes).toEqual([]);
  });

  test("if it refuses a second push, it is no state of that connection", async () => {
    const fake = fakeConnectPorts({ policy: noWay });
    const record = { connectionId: "connection-1", sequence: 2 };
    const call = () => makeConnection(fake.ports, connectSettings, { ...connectionInput(), record }, fake.context);
    expect(await problemFrom(call)).toMatchObject({ code: "access-denied" });
    expect([fake.written, fake.denied.length]).toEqual([[], 1]);
  });
});

describe("after the intent, every outcome is recorded", () => {
  const statuses = ({ written }: Pick<Awaited<ReturnType<typeof refused>>, "written">) =>
    written.map(({ state: { status, events } }) => ({ status, code: events[0].data["code"] }));

  test("a push that fails is `failed` with the code that the caller gets", async () => {
    const rejected = new Problem("key-rejected");
    const result = await refused({ faults: { pushKey: [rejected] } });
    expect(result.problem).toBe(rejected);
    expect(statuses(result)).toEqual([
      { status: "intended", code: undefined },
      { status: "failed", code: "key-rejected" },
    ]);
  });

  test("a fault of ours is `failed` as internal, and thrown as it is", async () => {
    const fault = new TypeError("ours");
    const fake = fakeConnectPorts({ faults: { pushKey: [fault] } });
    await expect(makeConnection(fake.ports, connectSettings, connectionInput(), fake.context)).rejects.toBe(fault);
    expect(statuses(fake)[1]).toEqual({ status: "failed", code: "internal" });
  });

  test.each<[string, World["faults"]]>([
    ["no credentials", { assumePushRole: [undefined, new Problem("upstream-failure")] }],
    ["no signature", { presignTunnelUrl: [new Problem("upstream-failure")] }],
  ])("a push without its tunnel (%s) is `pushed`, and the caller gets the tunnel's fault", async (_, faults = {}) => {
    const result = await refused({ instance: database, faults });
    expect(result.problem.code).toBe("upstream-failure");
    expect(statuses(result)[1]).toEqual({ status: "pushed", code: undefined });
  });

  test("if push and tunnel both fail, the caller gets the push's fault", async () => {
    const rejected = new Problem("key-rejected");
    const faults = { pushKey: [rejected], assumePushRole: [undefined, unavailable] };
    expect((await refused({ instance: database, faults })).problem).toBe(rejected);
  });

  test.each<[string, World["faults"]]>([
    ["after a push", {}],
    ["after a push that failed", { pushKey: [new Problem("key-rejected")] }],
  ])("an outcome that cannot be written is what the caller gets, %s", async (_, faults) => {
    const { problem } = await refused({ faults: { ...faults, writeOutcome: [unavailable] } });
    expect(problem).toBe(unavailable);
  });
});
