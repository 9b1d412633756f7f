import { describe, expect, test } from "@jest/globals";
import {
  type IntendedConnection,
  intendedState,
  keyExpiry,
  outcomeState,
  outcomeUnknownState,
} from "../../../lambda/connect/connection-state.ts";
import { place } from "../../support/samples.ts";

const at = new Date("2026-01-02T03:04:05.678Z");
const later = new Date("2026-01-02T03:04:06.789Z");
const pushBy = new Date("2026-01-02T03:04:10.678Z");

const connection: IntendedConnection = {
  connectionId: "0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f",
  actor: "alice",
  subject: "alice",
  ...place,
  instanceId: "i-0123456789abcdef0",
  osUser: "ec2-user",
  connectionType: "eice",
  address: "10.0.1.10",
  port: 22,
  endpointId: "eice-0123456789abcdef0",
  publicKeyFingerprint: "SHA256:abc",
  reason: "INC-42",
  policies: ["dev-connect"],
  policyDigest: "sha256:abc",
  requestId: "request-1",
  at,
  pushBy,
};

const facts = {
  actor: "alice",
  subject: "alice",
  ...place,
  instanceId: "i-0123456789abcdef0",
  osUser: "ec2-user",
  connectionType: "eice",
  address: "10.0.1.10",
  port: 22,
  endpointId: "eice-0123456789abcdef0",
  publicKeyFingerprint: "SHA256:abc",
  reason: "INC-42",
  policies: ["dev-connect"],
  policyDigest: "sha256:abc",
  requestId: "request-1",
  pushBy: "2026-01-02T03:04:10.678Z",
};

test("the first state is the intent, as a CloudEvent, with the time at which its outcome is overdue", () => {
  expect(intendedState(connection)).toEqual({
    status: "intended",
    sequence: 1,
    pushBy: "2026-01-02T03:04:10.678Z",
    due: "outcome",
    dueAt: "2026-01-02T03:04:40.678Z",
    events: [
      {
        specversion: "1.0",
        id: "0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f-1",
        source: "latchkey",
        type: "latchkey.connection.intended",
        subject: "connections/0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f",
        time: "2026-01-02T03:04:05.678Z",
        data: { sequence: 1, ...facts },
      },
    ],
  });
});

test("it records its access request, and that this is break-glass", () => {
  const carried = { ...connection, accessRequestId: "ar-1", breakGlass: true };
  const outcome = outcomeState(carried, { status: "failed", at: later, code: "key-rejected" });
  for (const { events } of [intendedState(carried), outcome]) {
    expect(events[0].data).toMatchObject({ accessRequestId: "ar-1", breakGlass: true });
  }
});

describe("the second state is the outcome, which repeats the facts of the intent", () => {
  test("of a push", () => {
    const expiresAt = new Date("2026-01-02T03:05:06.000Z");
    const state = outcomeState(connection, { status: "pushed", at: later, expiresAt, awsRequestId: "aws-1" });
    expect(state).toMatchObject({
      status: "pushed",
      sequence: 2,
      events: [{ type: "latchkey.connection.pushed", time: "2026-01-02T03:04:06.789Z" }],
    });
    expect(state.events[0].data).toEqual({
      sequence: 2,
      ...facts,
      expiresAt: "2026-01-02T03:05:06.000Z",
      awsRequestId: "aws-1",
    });
  });

  test("of a push that failed", () => {
    const state = outcomeState(connection, { status: "failed", at: later, code: "key-rejected" });
    expect(state).toMatchObject({ status: "failed", sequence: 2, events: [{ type: "latchkey.connection.failed" }] });
    expect(state.events[0].data).toEqual({ sequence: 2, ...facts, code: "key-rejected" });
  });
});

test("an event's id is the same each time it is computed, and differs for the next state", () => {
  const outcome = { status: "failed", at: later, code: "key-rejected" } as const;
  expect(intendedState(connection)).toEqual(intendedState(connection));
  expect(outcomeState(connection, outcome).events[0].id).toBe(outcomeState(connection, outcome).events[0].id);
  expect(outcomeState(connection, outcome).events[0].id).not.toBe(intendedState(connection).events[0].id);
});

test("absent fields are left out, because the table rejects undefined", () => {
  const { endpointId: _, reason: __, ...bare } = connection;
  for (const absent of [bare, { ...bare, endpointId: undefined, reason: undefined }]) {
    const { data } = intendedState(absent).events[0];
    expect(Object.keys(data)).toEqual(expect.not.arrayContaining(["endpointId", "reason"]));
  }
  const pushed = outcomeState(connection, { status: "pushed", at, expiresAt: later, awsRequestId: undefined });
  expect(Object.keys(pushed.events[0].data)).not.toContain("awsRequestId");
});

test("an outcome is no longer due", () => {
  const { due, dueAt } = outcomeState(connection, { status: "failed", at: later, code: "key-rejected" });
  expect([due, dueAt]).toEqual([undefined, undefined]);
});

test("a second push adds states to the same connection, with the next numbers", () => {
  const second = { ...connection, requestId: "request-2", afterSequence: 2 };
  const outcome = outcomeState(second, { status: "failed", at: later, code: "key-rejected" });
  expect([intendedState(second), outcome]).toMatchObject([
    { sequence: 3, events: [{ id: `${connection.connectionId}-3`, data: { sequence: 3, requestId: "request-2" } }] },
    { sequence: 4, events: [{ id: `${connection.connectionId}-4`, data: { sequence: 4, requestId: "request-2" } }] },
  ]);
  expect(outcome.events[0].data).not.toHaveProperty("afterSequence");
});

describe("an intent without a reported outcome", () => {
  const { connectionId } = connection;
  const missedAt = new Date("2026-01-02T03:04:40.678Z");
  const pushed = outcomeState(connection, { status: "pushed", at: later, expiresAt: later, awsRequestId: undefined });

  test("no longer exists once there is an outcome", () => {
    expect(outcomeUnknownState(connectionId, pushed, missedAt)).toBeUndefined();
  });

  test("is recorded as failed, with an unknown outcome", () => {
    expect(outcomeUnknownState(connectionId, intendedState(connection), missedAt)).toEqual({
      status: "failed",
      sequence: 2,
      pushBy: "2026-01-02T03:04:10.678Z",
      events: [
        {
          specversion: "1.0",
          id: `${connectionId}-2`,
          source: "latchkey",
          type: "latchkey.connection.failed",
          subject: `connections/${connectionId}`,
          time: "2026-01-02T03:04:40.678Z",
          data: { ...facts, sequence: 2, code: "internal", outcome: "unknown" },
        },
      ],
    });
  });

  test("of a second push continues from that intent", () => {
    const second = intendedState({ ...connection, afterSequence: 2 });
    expect(outcomeUnknownState(connectionId, second, missedAt)).toMatchObject({ sequence: 4 });
  });
});

test("a key expires 60 seconds after its push attempt started, to the millisecond", () => {
  expect(keyExpiry(new Date("2026-01-02T23:59:30.678Z"))).toEqual(new Date("2026-01-03T00:00:30.678Z"));
});
