import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readBudget } from "../../bench/budget.ts";
import { countCalls } from "../../bench/connection-calls.ts";
import type { ConnectionType } from "../../bench/events.ts";
import { workerFunctionNames } from "../../contract/routes.ts";
import { Fleet } from "../../local/fleet/fleet.ts";
import { sampleFleet } from "../../local/fleet/sample-fleet.ts";
import { makeAccessRequest, review } from "../support/access-client.ts";
import { askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { roundTripsOf } from "../support/round-trips.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** Milliseconds: enough for calls that are made together to overlap, on a busy machine too. */
const latency = 150;
const budget = await readBudget();

describe("round trips to AWS, each response delayed", () => {
  const local = useLocalStack({ latency, fleets: [changedFleet()] });
  const key = useKeyPair();
  // Workers deliver events after the response and capture host keys before the tests.
  const workers: readonly string[] = workerFunctionNames;
  const calls = () => local.stack.log.calls.filter(({ role }) => !workers.includes(role));
  const controlPlane = () => calls().filter(({ service }) => service !== "dynamodb");
  const table = () => calls().filter(({ service }) => service === "dynamodb");

  const writes = () => table().filter(({ operation }) => !["BatchGetItem", "Query"].includes(operation));

  const connect = (instanceId: string, body: object = {}) =>
    makeConnection(local.stack.url, "alice", instanceId, { publicKey: key.pair.publicKey, ...body });

  // The first request does what a function does once, and reads the name of the fleet's image.
  beforeAll(async () => {
    const body = { publicKey: key.pair.publicKey };
    // On a busy machine it may time out.
    while ((await askForConnection(local.stack.url, "alice", fleet.web1, body)).status !== 201);
  });
  beforeEach(() => local.stack.log.clear());

  test("an image that was never seen adds one round trip, once, if neither caller nor tag names the OS user", async () => {
    const counts: number[] = [];
    for (const body of [{ osUser: "ec2-user" }, {}, {}]) {
      local.stack.log.clear();
      await connect(fleet.v61, body);
      counts.push(roundTripsOf(controlPlane()).length);
    }
    expect(counts).toEqual([2, 3, 2]);
  });

  test.each<[ConnectionType, string]>([
    ["direct", fleet.web1],
    ["eice", fleet.db1],
  ])(
    "a connection of type %s takes two round trips, two reads, a count and two writes",
    async (connectionType, instanceId) => {
      const made = await connect(instanceId);
      expect(made.connectionType).toBe(connectionType);
      const operations = table().map(({ operation }) => operation);
      expect(operations.sort()).toEqual(["BatchGetItem", "PutItem", "Query", "UpdateItem", "UpdateItem"]);
      const { why: _, ...budgeted } = budget.connections[connectionType];
      expect(countCalls(local.stack.log.calls)).toEqual(budgeted);
      expect(budgeted.roundTrips).toBe(2);
    },
  );

  test("read and count run beside the first round trip, the intent between the two, the outcome after them", async () => {
    await connect(fleet.db1);
    const [first, second] = roundTripsOf(controlPlane());
    const [count, intent, outcome] = writes();
    // They start together, and the later one is the second.
    expect(count?.startedAt).toBeLessThan(first?.endedAt ?? 0);
    expect(intent?.startedAt).toBeGreaterThan(first?.endedAt ?? 0);
    expect(intent?.endedAt).toBeLessThan(second?.startedAt ?? 0);
    expect(outcome?.startedAt).toBeGreaterThan(second?.endedAt ?? 0);
  });

  test.each([
    ["that policy denies", "alice", fleet.prod1, 403],
    ["to an instance that nobody may see", "alice", fleet.vault1, 404],
    ["to an absent instance", "alice", fleet.absent, 404],
  ])("a connection %s takes one round trip, two reads, two counts and one write", async (_, as, instanceId, status) => {
    const path = `/v1/instances/${instanceId}/connections`;
    const body = { publicKey: key.pair.publicKey };
    expect(await callApi(local.stack.url, { method: "POST", path, as, body })).toMatchObject({ status });
    expect(roundTripsOf(controlPlane())).toHaveLength(1);
    expect(
      table()
        .map(({ operation }) => operation)
        .sort(),
    ).toEqual(["BatchGetItem", "Query", "UpdateItem", "UpdateItem", "UpdateItem"]);
  });

  describe("with an access request", () => {
    const haveAccess = async (to: object, osUser: string, reviewers: readonly string[]) => {
      const { url } = local.stack;
      const request = await makeAccessRequest(url, "alice", { ...to, osUser });
      const { id } = request;
      for (const reviewer of reviewers)
        expect(await review(url, reviewer, id, "approve")).toMatchObject({ status: 201 });
      local.stack.log.clear();
      return request;
    };

    const readsOf = (prefix: string) =>
      table().filter(
        ({ operation, request }) => operation === "BatchGetItem" && JSON.stringify(request).includes(prefix),
      );

    test.each([
      ["direct", fleet.legacy1],
      ["eice", fleet.prod1],
    ])(
      "one of type %s takes a third write, the reservation, before the intent, and a second read",
      async (connectionType, instanceId) => {
        await haveAccess({ instanceId }, "ec2-user", ["bob"]);
        const made = await connect(instanceId, { osUser: "ec2-user" });
        expect(made).toMatchObject({ connectionType, accessRequestId: expect.any(String) });
        expect(roundTripsOf(controlPlane())).toHaveLength(2);
        // The second read is of the reviewer's suspension.
        expect(readsOf("suspension#bob")).toHaveLength(1);
        expect(readsOf("")).toHaveLength(2);
        const [, ...written] = writes();
        expect(written.map(({ operation }) => operation)).toEqual(["UpdateItem", "PutItem", "UpdateItem"]);
      },
    );

    test("one under a scope of tags takes the same reads, the second of reviewers and suspensions", async () => {
      const scope = { tags: { env: "prod" } };
      const { id } = await haveAccess({ instanceId: undefined, scope }, "root", ["bob", "erin"]);
      expect(await connect(fleet.prod1, { osUser: "root" })).toMatchObject({ accessRequestId: id });
      expect(roundTripsOf(controlPlane())).toHaveLength(2);
      expect(readsOf("person#erin")).toHaveLength(1);
      expect(readsOf("")).toHaveLength(2);
      expect(writes().map(({ operation }) => operation)).toEqual(["UpdateItem", "UpdateItem", "PutItem", "UpdateItem"]);
    });

    test("an OS user that was guessed wrongly adds one read beside the second credentials, once", async () => {
      await haveAccess({ instanceId: fleet.legacy1 }, "root", ["bob", "erin"]);
      expect(await connect(fleet.legacy1)).toMatchObject({ user: "root", accessRequestId: expect.any(String) });
      expect(roundTripsOf(controlPlane())).toHaveLength(3);
      const [first, second] = readsOf("access#");
      expect(first?.endedAt).toBeLessThan(second?.startedAt ?? 0);
      const [, ...written] = writes();
      expect(written.map(({ operation }) => operation)).toEqual(["UpdateItem", "PutItem", "UpdateItem"]);
      const [, again] = roundTripsOf(controlPlane());
      expect(second?.startedAt).toBeLessThan(again?.endedAt ?? 0);
      expect(second?.endedAt).toBeGreaterThan(again?.startedAt ?? 0);

      local.stack.log.clear();
      await connect(fleet.legacy1);
      expect(roundTripsOf(controlPlane())).toHaveLength(2);
      expect(readsOf("access#")).toHaveLength(1);
    });
  });
});

/** The sample fleet, with legacy-1 in production, its OS user one that Latchkey does not guess, and v6-1 of another image. */
function changedFleet(): Fleet {
  const { instances, images, endpoints } = sampleFleet();
  const legacy1 = instances.find(({ InstanceId }) => InstanceId === fleet.legacy1);
  legacy1?.Tags.splice(
    0,
    Number.POSITIVE_INFINITY,
    { Key: "env", Value: "prod" },
    { Key: "latchkey:os-user", Value: "root" },
  );
  const ImageId = "ami-0fedcba9876543210";
  return new Fleet({
    Reservations: [
      { Instances: instances.map((each) => (each.InstanceId === fleet.v61 ? { ...each, ImageId } : { ...each })) },
    ],
    Images: [...images, { ImageId, Name: "al2023-ami-2023.9.20251021.0-kernel-6.1-arm64" }],
    InstanceConnectEndpoints: [...endpoints],
  });
}
