import { describe, expect, test } from "@jest/globals";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { fingerprints } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { database, endpoint, place } from "../../support/samples.ts";

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

async function recorded(body = {}, world: World = {}) {
  const attemptStart = new Date("2026-01-02T03:04:06.000Z");
  const fake = fakeConnectPorts({ instance: database, attemptStart, ...world });
  const response = await makeConnection(
    fake.ports,
    connectSettings,
    connectionInput(body, database.instanceId),
    fake.context,
  );
  return { response, states: fake.written.map(({ state }) => state), ids: fake.written.map((it) => it.connectionId) };
}

test("the intent says for whom and where a key may be pushed, by which policies, and until when", async () => {
  const { states } = await recorded({ reason: "INC-42" });
  expect(states[0]?.events[0].data).toEqual({
    sequence: 1,
    actor: "alice",
    subject: "alice",
    ...place,
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

describe("if it is made under an access request, intent and outcome say so", () => {
  test.each([
    ["with approvals", false],
    ["with break-glass", true],
  ])("%s", async (_, breakGlass) => {
    const access = activeAccess({ instanceId: database.instanceId, breakGlass });
    const { states } = await recorded({}, { policy: onlyWithAccess(), accessRequests: [access] });
    const facts = { accessRequestId: access.id, breakGlass };
    expect(states.map(({ events: [{ data }] }) => data)).toMatchObject([facts, facts]);
  });
});

test("while it is intended, it is due for the sweep", async () => {
  const { states } = await recorded();
  expect(states[0]).toMatchObject({ due: "outcome", dueAt: "2026-01-02T03:04:40.678Z" });
  expect(states[1]).not.toHaveProperty("due");
});

describe("pushed again under its record", () => {
  const record = { connectionId: "e3e70682-c209-4cac-a29f-6fbed82c07cd", sequence: 0 };
  const pushedTwice = async () => {
    const fake = fakeConnectPorts({});
    const push = (sequence: number) =>
      makeConnection(
        fake.ports,
        connectSettings,
        { ...connectionInput(), record: { ...record, sequence } },
        fake.context,
      );
    return { ...fake, first: await push(0), second: await push(2) };
  };

  test("it keeps its id, and its events continue the numbers", async () => {
    const { first, second, written } = await pushedTwice();
    expect([first.connectionId, second.connectionId]).toEqual([record.connectionId, record.connectionId]);
    expect(written.map(({ connectionId, state }) => [connectionId, state.status, state.events[0].id])).toEqual([
      [record.connectionId, "intended", `${record.connectionId}-1`],
      [record.connectionId, "pushed", `${record.connectionId}-2`],
      [record.connectionId, "intended", `${record.connectionId}-3`],
      [record.connectionId, "pushed", `${record.connectionId}-4`],
    ]);
  });

  test("it is read, evaluated and intended like a new one, and pushed with new credentials", async () => {
    const { journal, pushes, sessions } = await pushedTwice();
    const half = journal.length / 2;
    expect(journal.slice(half)).toEqual(journal.slice(0, half));
    expect([pushes.length, sessions().length]).toEqual([2, 2]);
  });

  test("an intent that does not follow the record's last event is rejected, and nothing is pushed", async () => {
    const fake = fakeConnectPorts({});
    const input = { ...connectionInput(), record: { ...record, sequence: 2 } };
    const push = makeConnection(fake.ports, connectSettings, input, fake.context);
    await expect(push).rejects.toThrow("does not follow");
    expect(fake.pushes).toEqual([]);
  });
});

test("the outcome has the key's expiry, and AWS's id of the push", async () => {
  const { states } = await recorded();
  expect(states[1]?.events[0].data).toMatchObject({
    sequence: 2,
    expiresAt: "2026-01-02T03:05:06.000Z",
    awsRequestId: "aws-1",
  });
});

test("the record has nothing that opens a tunnel", async () => {
  const { states, response } = await recorded();
  expect(response.tunnel?.url).toMatch(/^wss:/);
  expect(JSON.stringify(states)).not.toMatch(/wss:|secret|token/);
});

test("both states belong to one connection, and every connection has an id of its own", async () => {
  const [one, other] = [await recorded(), await recorded()];
  expect(new Set(one.ids)).toEqual(new Set([one.response.connectionId]));
  expect(other.response.connectionId).not.toBe(one.response.connectionId);
});
