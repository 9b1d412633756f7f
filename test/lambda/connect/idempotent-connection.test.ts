import { describe, expect, test } from "@jest/globals";
import { type Connection, type ConnectionRequest, connection } from "../../../contract/connection.ts";
import { idempotentConnection } from "../../../lambda/connect/idempotent-connection.ts";
import type { ConnectPorts } from "../../../lambda/connect/ports.ts";
import { idempotent } from "../../../lambda/idempotency/idempotent.ts";
import type { PolicyAction } from "../../../lambda/policy/engine.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { keys } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakeIdempotency } from "../../support/fake-idempotency.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { database, endpoint, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

/** One caller's requests with one idempotency key, in a world that can change between them. */
function asked(world: World = {}, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts(world);
  const { world: idempotency, ports: store } = fakeIdempotency();
  const now = {
    instance: "instance" in world ? world.instance : web,
    endpoints: [endpoint],
    hostKeys: world.hostKeys ?? [],
  };
  const ports: ConnectPorts = {
    ...fake.ports,
    instances: { describeInstance: async () => now.instance },
    network: { ...fake.ports.network, describeEndpoints: async () => now.endpoints },
    access: {
      ...fake.ports.access,
      readForConnection: async (...given) => ({
        ...(await fake.ports.access.readForConnection(...given)),
        hostKeys: now.hostKeys,
      }),
    },
  };
  return {
    ...fake,
    ports,
    /** The world of the next request. */
    now,
    idempotency,
    wait(seconds: number) {
      fake.clock.now = new Date(fake.clock.now.getTime() + seconds * 1000);
    },
    send(key: string | undefined = "key-1234"): Promise<Connection> {
      const once = idempotent(
        store,
        "createConnection",
        idempotentConnection(async () => ({ ports, settings: connectSettings })),
      );
      const deadlineAt = new Date(fake.clock.now.getTime() + 8000);
      const context = testContext({ clock: () => fake.clock.now, deadlineAt });
      const input = connectionInput(body, now.instance?.instanceId ?? web.instanceId);
      const { caller, instanceId } = input;
      return once({ key, caller, ids: { instanceId }, body }, input, context);
    },
    trail: () =>
      fake.written.map(({ connectionId, state: { status, sequence } }) => ({ connectionId, status, sequence })),
  };
}

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => "answered",
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
const pushedTwice = (connectionId: string) =>
  ["intended", "pushed", "intended", "pushed"].map((status, index) => ({ connectionId, status, sequence: index + 1 }));

describe("a replay is refused, without a push or any detail,", () => {
  test.each<[sentence: string, action: PolicyAction, code: string]>([
    ["if the caller may no longer view the instance", "view", "instance-not-found"],
    ["if the caller may no longer connect", "connect", "access-denied"],
  ])("%s", async (_, denied, code) => {
    let isDenied = false;
    const policy = fakePolicy({ [denied]: () => !isDenied });
    const { send, pushes, tunnels, idempotency, trail, denied: denials } = asked({ policy, instance: database });
    await send();
    isDenied = true;
    const before = idempotency.record();
    expect(await codeOf(send())).toBe(code);
    expect([pushes.length, tunnels.length, idempotency.record()]).toEqual([1, 1, before]);
    // The denial is recorded apart from the connection.
    expect(trail().map(({ status }) => status)).toEqual(["intended", "pushed"]);
    expect(denials).toMatchObject([{ code }]);
  });

  test.each([
    ["was revoked", { status: "revoked" }],
    ["has expired", { expiresAt: "2026-01-02T03:04:05.000Z" }],
  ] as const)("if the access that carried it %s", async (_, ended) => {
    const { send, access, pushes } = asked({ policy: onlyWithAccess(), accessRequests: [activeAccess()] });
    await send();
    access.put(activeAccess(ended));
    expect(await codeOf(send())).toBe("approval-required");
    expect(pushes).toHaveLength(1);
  });

  test("if the instance no longer exists", async () => {
    const { send, now, pushes } = asked();
    await send();
    now.instance = undefined;
    expect(await codeOf(send())).toBe("instance-not-found");
    expect(pushes).toHaveLength(1);
  });

  test("if the instance has been stopped", async () => {
    const { send, now, pushes } = asked();
    await send();
    now.instance = { ...web, state: "stopped" };
    expect(await codeOf(send())).toBe("instance-not-running");
    expect(pushes).toHaveLength(1);
  });
});

describe("the stored response", () => {
  test("has neither the tunnel's URL nor the public key", async () => {
    const { send, idempotency } = asked({ instance: database });
    const { tunnel } = await send();
    const kept = JSON.stringify([...idempotency.records]);
    expect(tunnel?.url).toBe("wss://endpoint.example/openTunnel?signed");
    for (const never of ["openTunnel", "wss:", keys.ed25519.split(" ")[1] ?? "", "key-1234"])
      expect(kept).not.toContain(never);
    expect(JSON.parse(idempotency.record()?.response ?? "").tunnel).toEqual({ endpointId: endpoint.endpointId });
  });
});

describe("with 45 seconds left or more", () => {
  test.each([
    ["at once", 0],
    ["with 45 s left", 15],
  ])("the response is the same %s, and nothing is pushed or recorded", async (_, seconds) => {
    const { send, wait, pushes, trail, clock } = asked({ policy: onlyWithAccess(), accessRequests: [activeAccess()] });
    const first = await send();
    wait(seconds);
    const again = await send();
    expect(connection.parse(again)).toEqual({ ...first, serverTime: clock.now.toISOString() });
    expect([pushes.length, trail().length]).toEqual([1, 2]);
  });

  test("the tunnel is presigned again, for no longer than the access lasts", async () => {
    const accessRequests = [activeAccess({ instanceId: database.instanceId, expiresAt: "2026-01-02T03:05:05.678Z" })];
    const { send, wait, tunnels, pushes } = asked({ instance: database, policy: onlyWithAccess(), accessRequests });
    const first = await send();
    wait(10);
    const again = await send();
    expect(tunnels).toMatchObject([
      { maxDuration: 30, signedAt: new Date("2026-01-02T03:04:05Z") },
      { maxDuration: 25, signedAt: new Date("2026-01-02T03:04:15Z") },
    ]);
    expect([again.connectionId, again.tunnel?.maxDurationSeconds]).toEqual([first.connectionId, 25]);
    expect(pushes).toHaveLength(1);
  });
});

describe("the key is pushed again under the same record, and the response replaced,", () => {
  test("with less than 45 s left", async () => {
    const { send, wait, pushes, trail, idempotency } = asked();
    const first = await send();
    wait(15.001);
    const second = await send();
    expect(second.connectionId).toBe(first.connectionId);
    expect(second.expiresAt).toBe("2026-01-02T03:05:20.679Z");
    expect(trail()).toEqual(pushedTwice(first.connectionId));
    expect(JSON.parse(idempotency.record()?.response ?? "").expiresAt).toBe(second.expiresAt);
    // The next replay gets the new response.
    expect((await send()).expiresAt).toBe(second.expiresAt);
    expect(pushes).toHaveLength(2);
  });

  test.each<[sentence: string, world: World, change: (fake: ReturnType<typeof asked>) => void]>([
    [
      "if the instance has another address",
      {},
      ({ now }) => {
        const addresses = [{ address: "203.0.113.99", kind: "public" }] as const;
        now.instance = { ...web, publicIpAddress: "203.0.113.99", addresses };
      },
    ],
    [
      "if the instance has been found in another region, at the same address",
      {},
      ({ now }) => {
        now.instance = { ...web, region: "eu-west-1" };
      },
    ],
    [
      "if the instance has been found in another account, at the same address",
      {},
      ({ now }) => {
        now.instance = { ...web, accountId: "444455556666" };
      },
    ],
    [
      "if it is reached in another way",
      {},
      ({ now }) => {
        now.instance = { ...database, instanceId: web.instanceId };
      },
    ],
    [
      "if another endpoint leads to it",
      { instance: database },
      ({ now }) => {
        now.endpoints = [{ ...endpoint, endpointId: "eice-0123456789abcdef1" }];
      },
    ],
    [
      "if the port has changed",
      {},
      ({ now }) => {
        now.instance = { ...web, tags: { ...web.tags, "latchkey:ssh-port": "2222" } };
      },
    ],
    [
      "if the user has changed",
      {},
      ({ now }) => {
        now.instance = { ...web, tags: { ...web.tags, "latchkey:os-user": "ubuntu" } };
      },
    ],
    [
      "if the accepted host keys have changed",
      { hostKeys: [{ key: keys.otherEd25519, source: "console", observedAt: "2026-01-01T00:00:00.000Z" }] },
      ({ now }) => {
        now.hostKeys = [{ key: keys.rsa2048, source: "registered", observedAt: "2026-01-02T03:04:06.000Z" }];
      },
    ],
    [
      "if it is now made under another access request",
      { policy: onlyWithAccess(), accessRequests: [activeAccess()] },
      ({ access }) => access.put(activeAccess({ id: activeAccess().id.replace(/.$/, "0") })),
    ],
  ])("%s", async (_, world, change) => {
    const fake = asked(world);
    const first = await fake.send();
    change(fake);
    const second = await fake.send();
    expect(second.connectionId).toBe(first.connectionId);
    expect(fake.trail()).toEqual(pushedTwice(first.connectionId));
  });

  test("once, for any number of concurrent requests", async () => {
    const { send, wait, pushes } = asked();
    await send();
    wait(30);
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(send())));
    expect(pushes).toHaveLength(2);
    for (const code of codes) expect(["answered", "idempotency-in-progress"]).toContain(code);
  });
});

describe("after a run that was cut off", () => {
  /** Sends a request whose run never gets a response from this port, and lets its lock expire. */
  async function cutOffAt(port: "writeIntent" | "pushKey" | "writeOutcome", isApplied: boolean) {
    const fake = asked();
    const group = port === "pushKey" ? fake.ports.keys : fake.ports.connections;
    const whole: (...given: unknown[]) => Promise<unknown> = Reflect.get(group, port);
    const reached = Promise.withResolvers<void>();
    const cut = async (...given: unknown[]) => {
      if (isApplied) await whole(...given);
      reached.resolve();
      return new Promise(() => {});
    };
    Object.assign(group, { [port]: cut });
    void fake.send();
    await reached.promise;
    Object.assign(group, { [port]: whole });
    expect(await codeOf(fake.send())).toBe("idempotency-in-progress");
    fake.wait(13);
    return fake;
  }

  test("before its intent, the next run writes the first one", async () => {
    const { send, trail } = await cutOffAt("writeIntent", false);
    const { connectionId } = await send();
    expect(trail()).toEqual(pushedTwice(connectionId).slice(0, 2));
  });

  test.each([
    ["after its intent", "writeIntent", true],
    ["before its push", "pushKey", false],
    ["after its push", "pushKey", true],
    ["before its outcome", "writeOutcome", false],
  ] as const)("%s, its outcome is recorded as unknown, and the same record continues", async (_, port, isApplied) => {
    const { send, trail, written } = await cutOffAt(port, isApplied);
    const { connectionId } = await send();
    expect(trail()).toEqual(
      ["intended", "failed", "intended", "pushed"].map((status, index) => ({
        connectionId,
        status,
        sequence: index + 1,
      })),
    );
    expect(written[1]?.state.events[0].data).toMatchObject({ code: "internal", outcome: "unknown" });
  });

  test("after its outcome, the same record continues", async () => {
    const { send, trail } = await cutOffAt("writeOutcome", true);
    const { connectionId } = await send();
    expect(trail()).toEqual(pushedTwice(connectionId));
  });
});

describe("a request that ended in a problem runs again", () => {
  test.each([
    ["under a new record, if the push was refused", "key-rejected", [1, 2, 1, 2]],
    ["under the same record, if the key may have been pushed", "upstream-unavailable", [1, 2, 3, 4]],
  ] as const)("%s", async (_, code, sequences) => {
    const { send, trail } = asked({ faults: { pushKey: [new Problem(code)] } });
    expect(await codeOf(send())).toBe(code);
    expect(await codeOf(send())).toBe("answered");
    expect(trail().map(({ status }) => status)).toEqual(["intended", "failed", "intended", "pushed"]);
    expect(trail().map(({ sequence }) => sequence)).toEqual(sequences);
  });

  test("under the same record, if there was a response before", async () => {
    const { send, wait, trail } = asked({ faults: { pushKey: [undefined, new Problem("upstream-unavailable")] } });
    const { connectionId } = await send();
    wait(30);
    expect(await codeOf(send())).toBe("upstream-unavailable");
    expect((await send()).connectionId).toBe(connectionId);
    expect(trail().map(({ status, sequence }) => `${status} ${sequence}`)).toEqual([
      "intended 1",
      "pushed 2",
      "intended 3",
      "failed 4",
      "intended 5",
      "pushed 6",
    ]);
  });
});

test("without a key every request makes a connection of its own, and reads no idempotency record", async () => {
  const { ports, context, idempotency, pushes } = asked();
  const { run } = idempotentConnection(async () => ({ ports, settings: connectSettings }));
  const [one, other] = [await run(connectionInput(), context), await run(connectionInput(), context)];
  expect(one.connectionId).not.toBe(other.connectionId);
  expect([pushes.length, idempotency.calls]).toEqual([2, []]);
});
