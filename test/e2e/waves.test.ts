import { beforeEach, describe, expect, test } from "@jest/globals";
import { fleet, makeConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { wavesOf } from "../support/waves.ts";

describe("calls to AWS that stand in a row, each answered after 80 ms", () => {
  const local = useLocalStack({ latency: 80 });
  const key = useKeyPair();
  const controlPlane = () => local.stack.log.calls.filter(({ service }) => service !== "dynamodb");
  const table = () => local.stack.log.calls.filter(({ service }) => service === "dynamodb");

  const connect = (instanceId: string, body: object = {}) =>
    makeConnection(local.stack.url, "alice", instanceId, { publicKey: key.pair.publicKey, ...body });

  test("an image that was never seen adds one wave, once, where neither caller nor tag names the OS user", async () => {
    await connect(fleet.web1, { osUser: "ec2-user" });
    expect(wavesOf(controlPlane())).toHaveLength(2);
    local.stack.log.clear();
    await connect(fleet.web1);
    expect(wavesOf(controlPlane())).toHaveLength(3);
  });

  beforeEach(() => local.stack.log.clear());

  test.each([
    ["direct", fleet.web1],
    ["eice", fleet.db1],
  ])("a connection of type %s takes two waves, one read and two writes", async (connectionType, instanceId) => {
    const made = await connect(instanceId);
    expect(made.connectionType).toBe(connectionType);
    expect(wavesOf(controlPlane())).toHaveLength(2);
    expect(table().map(({ operation }) => operation)).toEqual(["BatchGetItem", "PutItem", "UpdateItem"]);
  });

  test("the read stands beside the first wave, the intent between the two, the outcome behind them", async () => {
    await connect(fleet.db1);
    const [first, second] = wavesOf(controlPlane());
    const [read, intent, outcome] = table();
    expect(read?.startedAt).toBeLessThan(first?.endedAt ?? 0);
    expect(intent?.startedAt).toBeGreaterThan(first?.endedAt ?? 0);
    expect(intent?.endedAt).toBeLessThan(second?.startedAt ?? 0);
    expect(outcome?.startedAt).toBeGreaterThan(second?.endedAt ?? 0);
  });
});
