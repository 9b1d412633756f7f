import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { policySet } from "../../contract/policies.ts";
import { askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { place } from "../support/samples.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("the record of a connection", () => {
  const local = useLocalStack();
  const key = useKeyPair();

  const statesOf = (connectionId: string) =>
    local.stack.records.filter(({ newImage }) => newImage["pk"] === `connection#${connectionId}`);

  const eventsOf = (connectionId: string) =>
    statesOf(connectionId).flatMap(({ newImage }) => newImage["events"] as readonly object[]);

  /** What became of a connection's events, by their sequence. */
  const waitingOf = (connectionId: string) =>
    local.stack.records
      .map(({ newImage }) => newImage)
      .filter(({ pk }) => String(pk).startsWith(`event#${connectionId}-`))
      .map(({ pk, due }) => `${String(pk).split("-").at(-1)} ${due === "publication" ? "filed" : "published"}`)
      .sort();

  test("has the intent before the push and the outcome after it, numbered without gaps, each with its event", async () => {
    const reason = "to look at the log";
    const made = await makeConnection(local.stack.url, "alice", fleet.db1, { publicKey: key.pair.publicKey, reason });
    const facts = {
      actor: "alice",
      subject: "alice",
      ...place,
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
          events: [
            expect.objectContaining({
              id: `${made.connectionId}-1`,
              type: "latchkey.connection.intended",
              data: { ...facts, sequence: 1 },
            }),
          ],
        }),
      },
      {
        eventName: "MODIFY",
        newImage: expect.objectContaining({
          status: "pushed",
          sequence: 2,
          events: [
            expect.objectContaining({
              id: `${made.connectionId}-2`,
              type: "latchkey.connection.pushed",
              data: { ...facts, sequence: 2, expiresAt: made.expiresAt, awsRequestId: expect.any(String) },
            }),
          ],
        }),
      },
    ]);
  });

  test("names policies that can be fetched a year later: their text has the digest", async () => {
    const { url } = local.stack;
    await makeConnection(url, "alice", fleet.db1, { publicKey: key.pair.publicKey });
    await local.stack.settled();
    const { policyDigest } = local.stack.busEvents.at(-1)?.data ?? {};
    const path = `/v1/instances/${fleet.db1}/policies/${policyDigest?.replace("sha256:", "")}`;
    const { status, body } = await callApi(url, { path, as: "alice" });
    const { digest, text } = policySet.parse(body);
    expect({ status, digest }).toEqual({ status: 200, digest: policyDigest });
    expect(`sha256:${createHash("sha256").update(text).digest("hex")}`).toBe(policyDigest);
    expect(JSON.parse(text)[1]["dev-connect"]).toContain("permit");
    expect(await callApi(url, { path, as: "carol" })).toMatchObject({ status: 404 });
  });

  test("is kept for a denied connection too, with what was missing", async () => {
    const before = local.stack.records.length;
    await askForConnection(local.stack.url, "alice", fleet.prod1, { publicKey: key.pair.publicKey });
    expect(local.stack.records.slice(before).map(({ newImage }) => newImage)).toContainEqual(
      expect.objectContaining({
        code: "approval-required",
        sequence: 1,
        events: [
          expect.objectContaining({
            type: "latchkey.connection.denied",
            data: expect.objectContaining({
              actor: "alice",
              code: "approval-required",
              instanceId: fleet.prod1,
              requirements: { approvals: 1, reason: true },
            }),
          }),
        ],
      }),
    );
  });

  test("has each event on the bus as a CloudEvent, filed once, with none waiting", async () => {
    const { connectionId } = await makeConnection(local.stack.url, "alice", fleet.db1, {
      publicKey: key.pair.publicKey,
    });
    await local.stack.settled();
    const onBus = local.stack.bus.events.filter(({ detail }) => detail["subject"] === `connections/${connectionId}`);
    expect(onBus).toEqual([
      expect.objectContaining({
        source: "latchkey/Latchkey",
        "detail-type": "latchkey.connection.intended",
        detail: { ...eventsOf(connectionId)[0], source: "latchkey/Latchkey" },
      }),
      expect.objectContaining({
        source: "latchkey/Latchkey",
        "detail-type": "latchkey.connection.pushed",
        detail: { ...eventsOf(connectionId)[1], source: "latchkey/Latchkey" },
      }),
    ]);
    expect(waitingOf(connectionId)).toEqual(["1 filed", "1 published", "2 filed", "2 published"]);
  });

  test.each(["calls", "entries"] as const)(
    "if the bus takes no %s, connections go on, and events wait",
    async (fault) => {
      local.stack.bus.fault = fault;
      const { connectionId } = await makeConnection(local.stack.url, "alice", fleet.db1, {
        publicKey: key.pair.publicKey,
      });
      await local.stack.settled();
      local.stack.bus.fault = undefined;
      expect(waitingOf(connectionId)).toEqual(["1 filed", "2 filed"]);
    },
  );

  test("has no secrets, and neither has the log: no key, no token, no tunnel URL", async () => {
    const made = await makeConnection(local.stack.url, "alice", fleet.db1, { publicKey: key.pair.publicKey });
    const told = JSON.stringify(local.stack.records) + local.logLines.join("\n");
    expect(told).toContain(made.connectionId);
    expect(told).not.toContain(key.pair.publicKey.split(" ")[1]);
    expect(told).not.toMatch(/X-Amz-|openTunnel|SessionToken|ASIA/);
  });

  test("has one JSON line in the log for the request, and one for the publication of its events", async () => {
    await local.stack.settled();
    const before = local.logLines.length;
    await askForConnection(local.stack.url, "alice", fleet.prod1, { publicKey: key.pair.publicKey });
    await local.stack.settled();
    const lines = local.logLines.slice(before).map((line) => JSON.parse(line));
    // Whichever is first.
    expect(lines.sort((one, other) => one.message.localeCompare(other.message))).toEqual([
      expect.objectContaining({ level: "INFO", message: "projection.completed", records: 1 }),
      expect.objectContaining({
        level: "WARN",
        message: "request.refused",
        code: "approval-required",
        route: "createConnection",
        callerId: "alice",
        instanceId: fleet.prod1,
      }),
    ]);
  });
});
