import { beforeAll, describe, expect, test } from "@jest/globals";
import { Fleet } from "../../local/fleet/fleet.ts";
import { makeAccessRequest, review } from "../support/access-client.ts";
import { askForConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** Connections at once, to ten instances of production. */
const parallel = 50;
const ids = Array.from({ length: 10 }, (_, index) => `i-0aaaaaaaaaaaaaaa${index}`);
const fleet = new Fleet({
  Reservations: ids.map((InstanceId) => ({
    Instances: [
      {
        InstanceId,
        State: { Name: "running" },
        PublicIpAddress: "127.0.0.1",
        Tags: [{ Key: "env", Value: "prod" }],
      },
    ],
  })),
});
/** Milliseconds to which reservations are rounded up. */
const roundedTo = 5000;

describe("fifty connections at once under one request by tags are all made, and few change it:", () => {
  const local = useLocalStack({ fleets: [fleet] });
  const key = useKeyPair();
  let id: string;
  beforeAll(async () => {
    const { url } = local.stack;
    ({ id } = await makeAccessRequest(url, "alice", { instanceId: undefined, scope: { tags: { env: "prod" } } }));
    expect(await review(url, "bob", id, "approve")).toMatchObject({ status: 201 });
  });

  /** Calls again if AWS's response was late: one process serves all of them here, and each has its own in AWS. */
  async function connect(instanceId: string) {
    for (;;) {
      const before = local.logLines.length;
      const body = { publicKey: key.pair.publicKey, osUser: "ec2-user" };
      const response = await askForConnection(local.stack.url, "alice", instanceId, body);
      const wasLate = local.logLines.slice(before).some((line) => line.includes('"TimeoutError"'));
      if (response.status !== 503 || !wasLate) return response;
    }
  }

  async function connectAll() {
    local.stack.log.clear();
    const before = local.stack.records.length;
    const made = await Promise.all(
      Array.from({ length: parallel }, (_, index) => connect(ids[index % ids.length] ?? "")),
    );
    for (const response of made) expect(response).toMatchObject({ status: 201, body: { accessRequestId: id } });
    expect(local.logLines.filter((line) => line.includes("Too many conflicting writes"))).toEqual([]);
    // As many as the fives of seconds that they have met: a write of what is stored already changes nothing.
    const times = local.stack.log.calls.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]);
    const mostChanges = Math.ceil((Math.max(...times) - Math.min(...times)) / roundedTo) + 1;
    const changed = local.stack.records.slice(before).filter(({ newImage }) => newImage["id"] === id);
    expect(new Set(changed.map(({ newImage }) => newImage["pushBy"])).size).toBeLessThanOrEqual(mostChanges);
    return changed.length;
  }

  test("by a function that has not started", async () => {
    expect(local.stack.log.calls.filter(({ role }) => role === "connect")).toEqual([]);
    expect(await connectAll()).toBeGreaterThan(0);
  });

  test("by a function that runs", async () => {
    expect(await connect(ids[0] ?? "")).toMatchObject({ status: 201 });
    await connectAll();
  });
});
