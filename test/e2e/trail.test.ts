import { describe, expect, test } from "@jest/globals";
import { askForConnection, fleet, makeConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("what is on record of a connection", () => {
  const local = useLocalStack();
  const key = useKeyPair();

  const statesOf = (connectionId: string) =>
    local.stack.records.filter(({ newImage }) => newImage["pk"] === `connection#${connectionId}`);

  test("the intent before the push, the outcome after it, numbered without gaps, each with its event", async () => {
    const reason = "to look at the log";
    const made = await makeConnection(local.stack.url, "alice", fleet.db1, { publicKey: key.pair.publicKey, reason });
    const facts = {
      actor: "alice",
      subject: "alice",
      instanceId: fleet.db1,
      osUser: "ec2-user",
      connectionType: "eice",
      address: "10.0.1.20",
      port: 22,
      endpointId: "eice-0123456789abcdef0",
      publicKeyFingerprint: made.publicKeyFingerprint,
      reason,
      policies: ["dev-connect"],
      policyDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      requestId: made.requestId,
      pushBy: expect.any(String),
    };
    expect(statesOf(made.connectionId)).toEqual([
      {
        eventName: "INSERT",
        newImage: expect.objectContaining({
          status: "intended",
          sequence: 1,
          event: expect.objectContaining({
            id: `${made.connectionId}.1`,
            type: "latchkey.connection.intended",
            data: { ...facts, sequence: 1 },
          }),
        }),
      },
      {
        eventName: "MODIFY",
        newImage: expect.objectContaining({
          status: "pushed",
          sequence: 2,
          event: expect.objectContaining({
            id: `${made.connectionId}.2`,
            type: "latchkey.connection.pushed",
            data: { ...facts, sequence: 2, expiresAt: made.expiresAt, awsRequestId: expect.any(String) },
          }),
        }),
      },
    ]);
  });

  test("nothing secret is on record or in the log: no key, no token, no tunnel URL", async () => {
    const made = await makeConnection(local.stack.url, "alice", fleet.db1, { publicKey: key.pair.publicKey });
    const told = JSON.stringify(local.stack.records) + local.logLines.join("\n");
    expect(told).toContain(made.connectionId);
    expect(told).not.toContain(key.pair.publicKey.split(" ")[1]);
    expect(told).not.toMatch(/X-Amz-|openTunnel|SessionToken|ASIA/);
  });

  test("a request leaves one line in the log, and it is JSON", async () => {
    const before = local.logLines.length;
    await askForConnection(local.stack.url, "alice", fleet.prod1, { publicKey: key.pair.publicKey });
    const lines = local.logLines.slice(before).map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({
        level: "WARN",
        message: "request.refused",
        code: "access-denied",
        route: "createConnection",
        callerId: "alice",
        instanceId: fleet.prod1,
      }),
    ]);
  });
});
