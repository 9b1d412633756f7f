import { describe, expect, test } from "@jest/globals";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import type { ConnectionRequest } from "../../../lambda/contract/connection.ts";
import { Problem } from "../../../lambda/http/problem.ts";
import { keys } from "../../fixtures/keys.ts";
import { connectSettings, createConnectionRequest } from "../../support/connection-request.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { database, unreachable, web } from "../../support/samples.ts";

async function refused(world: World, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts(world);
  const request = createConnectionRequest(body, world.instance?.instanceId);
  return { ...fake, problem: await problemFrom(() => makeConnection(fake.ports, connectSettings, request)) };
}

const unavailable = new Problem("upstream-unavailable");

describe("nothing is pushed, and nothing stands on record, where", () => {
  test.each<[string, World, Partial<ConnectionRequest>, string]>([
    ["the key is none", {}, { publicKey: keys.ecdsa }, "invalid-request"],
    ["the wish contradicts itself", {}, { ipAddress: "203.0.113.10" }, "invalid-request"],
    ["the instance is absent", { instance: undefined }, {}, "instance-not-found"],
    ["the caller may not see it", { policy: fakePolicy({ view: false }) }, {}, "instance-not-found"],
    ["the address is another's", {}, { connectionType: "direct", ipAddress: "192.0.2.99" }, "invalid-request"],
    ["policy denies", { policy: fakePolicy({ connect: false }) }, {}, "access-denied"],
    ["the instance is stopped", { instance: { ...web, state: "stopped" } }, {}, "instance-not-running"],
    ["there is no way to it", { instance: unreachable }, {}, "no-route-to-instance"],
    ["the instance cannot be described", { faults: { describeInstance: [unavailable] } }, {}, "upstream-unavailable"],
    ["the endpoints cannot be", { faults: { describeEndpoints: [unavailable] } }, {}, "upstream-unavailable"],
    ["the host keys cannot be read", { faults: { readHostKeys: [unavailable] } }, {}, "upstream-unavailable"],
    ["the push role cannot be assumed", { faults: { assumePushRole: [unavailable] } }, {}, "upstream-unavailable"],
    [
      "it cannot be assumed for the tag's user",
      {
        instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } },
        faults: { assumePushRole: [undefined, unavailable] },
      },
      {},
      "upstream-unavailable",
    ],
  ])("%s", async (_, world, body, code) => {
    const { problem, pushes, tunnels, written } = await refused(world, body);
    expect(problem.code).toBe(code);
    expect({ pushes, tunnels, written }).toEqual({ pushes: [], tunnels: [], written: [] });
  });

  test("policies cannot be had", async () => {
    const fake = fakeConnectPorts({});
    const ports = { ...fake.ports, policy: Promise.reject(new Error("no policies")) };
    await expect(makeConnection(ports, connectSettings, createConnectionRequest())).rejects.toThrow("no policies");
    expect(fake.written).toEqual([]);
  });
});

test.each([
  ["a key that is none", { publicKey: "" }],
  ["a wish that contradicts itself", { ipAddress: "203.0.113.10" }],
])("%s is refused before AWS is asked anything", async (_, body) => {
  expect((await refused({}, body)).journal).toEqual([]);
});

test("no intent, no push", async () => {
  const { problem, pushes, journal } = await refused({ faults: { writeIntent: [unavailable] }, instance: database });
  expect(problem).toBe(unavailable);
  expect(pushes).toEqual([]);
  expect(journal.at(-1)).toBe("writeIntent failed");
});

describe("after the intent, whatever happens stands on record", () => {
  const statuses = ({ written }: Pick<Awaited<ReturnType<typeof refused>>, "written">) =>
    written.map(({ state: { status, event } }) => ({ status, code: event.data["code"] }));

  test("a push that fails is `failed` with its code, which the caller gets", async () => {
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
    await expect(makeConnection(fake.ports, connectSettings, createConnectionRequest())).rejects.toBe(fault);
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

  test("where push and tunnel both fail, the caller gets the push's fault", async () => {
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
