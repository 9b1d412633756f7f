import { randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { accessRequest } from "../../contract/access-request.ts";
import { connection } from "../../contract/connection.ts";
import { end, makeAccessRequest, readAccessRequest, review } from "../support/access-client.ts";
import { type ApiResponse, callApi, fleet } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const local = useLocalStack();
const pair = useKeyPair();

const post = (as: string, path: string, body: object, key?: string): Promise<ApiResponse> =>
  callApi(local.stack.url, { method: "POST", path, as, body, ...(key && { headers: { "idempotency-key": key } }) });
const options = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 3600, reason: "The disk is full" };
const ask = (as: string, key: string, other: object = {}) =>
  post(as, "/v1/access-requests", { ...options, ...other }, key);
const connect = (key?: string) =>
  post("alice", `/v1/instances/${fleet.db1}/connections`, { publicKey: pair.pair.publicKey }, key);

const pushes = () => local.stack.log.calls.filter(({ operation }) => operation === "SendSSHPublicKey").length;

describe("is refused and changes nothing:", () => {
  test.each([["short"], ["with a space in it"], ["clé-1234567"], ["x".repeat(129)]])("the key %j", async (key) => {
    const { status, body, text } = await ask("alice", key);
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({
        errors: [{ pointer: "/Idempotency-Key", code: "invalid-key", detail: expect.any(String) }],
      }),
    ]);
    expect(text).not.toContain(key);
  });

  test("the same key with another body", async () => {
    const key = randomUUID();
    const { id } = accessRequest.parse((await ask("alice", key)).body);
    expect(await ask("alice", key, { osUser: "root" })).toMatchObject({
      status: 422,
      body: { code: "idempotency-mismatch" },
    });
    await end(local.stack.url, "alice", id, "cancel");
  });
});

test("a retry returns the same access request even after it has ended, and nobody else gets it by that key", async () => {
  const key = randomUUID();
  const first = await ask("alice", key);
  const { id } = accessRequest.parse(first.body);
  await end(local.stack.url, "alice", id, "cancel");
  expect(await ask("alice", key)).toMatchObject({ status: 201, body: first.body });
  expect(await readAccessRequest(local.stack.url, "alice", id)).toMatchObject({ status: "cancelled" });

  const his = accessRequest.parse((await ask("dave", key)).body);
  expect(his).toMatchObject({ subject: "dave", requestedBy: "dave" });
  await end(local.stack.url, "dave", his.id, "cancel");
});

test("a retry returns the same connection with a new tunnel, and its key is pushed once", async () => {
  const key = randomUUID();
  const before = pushes();
  const [first, again] = [await connect(key), await connect(key)].map(({ body }) => connection.strict().parse(body));
  expect(again).toEqual({ ...first, serverTime: expect.any(String), tunnel: expect.any(Object) });
  expect(again?.tunnel?.url).not.toBe(first?.tunnel?.url);
  expect(pushes() - before).toBe(1);
});

test("a retry under a newer access request pushes the key again, under the same connection", async () => {
  const url = local.stack.url;
  const key = randomUUID();
  const connectToProd = async () => {
    const { body } = await post(
      "alice",
      `/v1/instances/${fleet.prod1}/connections`,
      { publicKey: pair.pair.publicKey },
      key,
    );
    return connection.strict().parse(body);
  };
  const access = async () => {
    const { id } = await makeAccessRequest(url, "alice");
    await review(url, "bob", id, "approve");
    return id;
  };
  const [oldAccess, first] = [await access(), await connectToProd()];
  await end(url, "alice", oldAccess, "revoke");
  const [newAccess, second] = [await access(), await connectToProd()];
  expect([first.accessRequestId, second.accessRequestId]).toEqual([oldAccess, newAccess]);
  expect(second.connectionId).toBe(first.connectionId);
  await end(url, "alice", newAccess, "revoke");
});

test("without a key no idempotency record is read", async () => {
  local.stack.log.clear();
  expect((await connect()).status).toBe(201);
  const calls = local.stack.log.calls.map((call) => JSON.stringify(call));
  expect(calls.filter((call) => call.includes("idempotency#"))).toEqual([]);
  expect(calls.some((call) => call.includes("connection#"))).toBe(true);
});
