import { describe, expect, test } from "@jest/globals";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { fingerprints } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { database, endpoint } from "../../support/samples.ts";

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

async function recorded(body = {}, world: World = {}) {
  const attemptStart = new Date("2026-01-02T03:04:06.000Z");
  const fake = fakeConnectPorts({ instance: database, attemptStart, ...world });
  const answer = await makeConnection(
    fake.ports,
    connectSettings,
    connectionInput(body, database.instanceId),
    fake.context,
  );
  return { answer, states: fake.written.map(({ state }) => state), ids: fake.written.map((it) => it.connectionId) };
}

test("the intent says who is to be pushed for where, by which policies, and until when", async () => {
  const { states } = await recorded({ reason: "INC-42" });
  expect(states[0]?.events[0].data).toEqual({
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

describe("where an access request carries it, intent and outcome say so", () => {
  test.each([
    ["with approvals", false],
    ["with the glass broken", true],
  ])("%s", async (_, breakGlass) => {
    const access = activeAccess({ instanceId: database.instanceId, breakGlass });
    const { states } = await recorded({}, { policy: onlyWithAccess(), accessRequests: [access] });
    const facts = { accessRequestId: access.id, breakGlass };
    expect(states.map(({ events: [{ data }] }) => data)).toMatchObject([facts, facts]);
  });
});

test("while it is intended, it is due for whoever closes what was left", async () => {
  const { states } = await recorded();
  expect(states[0]).toMatchObject({ due: "outcome", dueAt: "2026-01-02T03:04:40.678Z" });
  expect(states[1]).not.toHaveProperty("due");
});

describe("pushed anew under its record", () => {
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

  test("it keeps its id, and its events are counted on", async () => {
    const { first, second, written } = await pushedTwice();
    expect([first.connectionId, second.connectionId]).toEqual([record.connectionId, record.connectionId]);
    expect(written.map(({ connectionId, state }) => [connectionId, state.status, state.events[0].id])).toEqual([
      [record.connectionId, "intended", `${record.connectionId}-1`],
      [record.connectionId, "pushed", `${record.connectionId}-2`],
      [record.connectionId, "intended", `${record.connectionId}-3`],
      [record.connectionId, "pushed", `${record.connectionId}-4`],
    ]);
  });

  test("it is read, judged and intended like a new one, and pushed by credentials of its own", async () => {
    const { journal, pushes, sessions } = await pushedTwice();
    const half = journal.length / 2;
    expect(journal.slice(half)).toEqual(journal.slice(0, half));
    expect([pushes.length, sessions().length]).toEqual([2, 2]);
  });

  test("an intent that does not follow the record's last event is refused, and nothing is pushed", async () => {
    const fake = fakeConnectPorts({});
    const input = { ...connectionInput(), record: { ...record, sequence: 2 } };
    const push = makeConnection(fake.ports, connectSettings, input, fake.context);
    await expect(push).rejects.toThrow("does not follow");
    expect(fake.pushes).toEqual([]);
  });
});

test("the outcome says when the key ends, and AWS's own id of the push", async () => {
  const { states } = await recorded();
  expect(states[1]?.events[0].data).toMatchObject({
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
