import { describe, expect, test } from "@jest/globals";
import { type IntendedConnection, intendedState, outcomeState } from "../../../lambda/audit/connection-trail.ts";

const at = new Date("2026-01-02T03:04:05.678Z");
const later = new Date("2026-01-02T03:04:06.789Z");
const pushBy = new Date("2026-01-02T03:04:10.678Z");

const connection: IntendedConnection = {
  connectionId: "0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f",
  actor: "alice",
  subject: "alice",
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

test("the first state is the intent, as a CloudEvent", () => {
  expect(intendedState(connection)).toEqual({
    status: "intended",
    sequence: 1,
    pushBy: "2026-01-02T03:04:10.678Z",
    event: {
      specversion: "1.0",
      id: "0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f.1",
      source: "latchkey",
      type: "latchkey.connection.intended",
      subject: "connections/0b7f4d1c-8a53-4a53-9a53-3f1c8a530b7f",
      time: "2026-01-02T03:04:05.678Z",
      data: { sequence: 1, ...facts },
    },
  });
});

describe("the second state is the outcome, which repeats the facts", () => {
  test("of a push", () => {
    const expiresAt = new Date("2026-01-02T03:05:06.000Z");
    const state = outcomeState(connection, { status: "pushed", at: later, expiresAt, awsRequestId: "aws-1" });
    expect(state).toMatchObject({
      status: "pushed",
      sequence: 2,
      event: { type: "latchkey.connection.pushed", time: "2026-01-02T03:04:06.789Z" },
    });
    expect(state.event.data).toEqual({
      sequence: 2,
      ...facts,
      expiresAt: "2026-01-02T03:05:06.000Z",
      awsRequestId: "aws-1",
    });
  });

  test("of a push that failed", () => {
    const state = outcomeState(connection, { status: "failed", at: later, code: "key-rejected" });
    expect(state).toMatchObject({ status: "failed", sequence: 2, event: { type: "latchkey.connection.failed" } });
    expect(state.event.data).toEqual({ sequence: 2, ...facts, code: "key-rejected" });
  });
});

test("an event's id is the same however often it is made, and another for the next state", () => {
  const outcome = { status: "failed", at: later, code: "key-rejected" } as const;
  expect(intendedState(connection)).toEqual(intendedState(connection));
  expect(outcomeState(connection, outcome).event.id).toBe(outcomeState(connection, outcome).event.id);
  expect(outcomeState(connection, outcome).event.id).not.toBe(intendedState(connection).event.id);
});

test("what is absent is left out, not undefined: the table takes no undefined", () => {
  const { endpointId: _, reason: __, ...bare } = connection;
  for (const absent of [bare, { ...bare, endpointId: undefined, reason: undefined }]) {
    const { data } = intendedState(absent).event;
    expect(Object.keys(data)).toEqual(expect.not.arrayContaining(["endpointId", "reason"]));
  }
  const pushed = outcomeState(connection, { status: "pushed", at, expiresAt: later, awsRequestId: undefined });
  expect(Object.keys(pushed.event.data)).not.toContain("awsRequestId");
});
