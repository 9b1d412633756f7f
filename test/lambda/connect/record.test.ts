import { expect, test } from "@jest/globals";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { fingerprints } from "../../fixtures/keys.ts";
import { connectSettings, createConnectionRequest } from "../../support/connection-request.ts";
import { fakeConnectPorts } from "../../support/fake-connect-ports.ts";
import { database, endpoint } from "../../support/samples.ts";

async function recorded(body = {}) {
  const attemptStart = new Date("2026-01-02T03:04:06.000Z");
  const fake = fakeConnectPorts({ instance: database, attemptStart });
  const answer = await makeConnection(fake.ports, connectSettings, createConnectionRequest(body, database.instanceId));
  return { answer, states: fake.written.map(({ state }) => state), ids: fake.written.map((it) => it.connectionId) };
}

test("the intent says who is to be pushed for where, by which policies, and until when", async () => {
  const { states } = await recorded({ reason: "INC-42" });
  expect(states[0]?.event.data).toEqual({
    sequence: 1,
    actor: "alice",
    subject: "alice",
    instanceId: database.instanceId,
    osUser: "ec2-user",
    connectionType: "eice",
    address: "10.0.1.10",
    port: 22,
    endpointId: endpoint.endpointId,
    publicKeyFingerprint: fingerprints.ed25519,
    reason: "INC-42",
    policies: ["connect-permitted"],
    policyDigest: "sha256:test",
    requestId: "request-1",
    pushBy: "2026-01-02T03:04:10.678Z",
  });
});

test("the outcome says when the key ends, and AWS's own id of the push", async () => {
  const { states } = await recorded();
  expect(states[1]?.event.data).toMatchObject({
    sequence: 2,
    expiresAt: "2026-01-02T03:05:06.000Z",
    awsRequestId: "aws-1",
  });
});

test("nothing on record opens a tunnel", async () => {
  const { states, answer } = await recorded();
  expect(answer.tunnel?.url).toMatch(/^wss:/);
  expect(JSON.stringify(states)).not.toMatch(/wss:|secret|token/);
});

test("both states are of one connection, and every connection has an id of its own", async () => {
  const [one, other] = [await recorded(), await recorded()];
  expect(new Set(one.ids)).toEqual(new Set([one.answer.connectionId]));
  expect(other.answer.connectionId).not.toBe(one.answer.connectionId);
});
