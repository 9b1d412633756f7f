import { describe, expect, test } from "@jest/globals";
import type { ConnectionRequest } from "../../contract/connection.ts";
import { type HostKey, hostKeyList } from "../../contract/host-key.ts";
import { instance } from "../../contract/instance.ts";
import { hostKeyFingerprints, hostKeys } from "../fixtures/host-keys.ts";
import { type ApiCall, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("host keys that an operator registers", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  const strictly = ["-o", "StrictHostKeyChecking=yes"];

  const get = (as: string, instanceId: string) =>
    callApi(local.stack.url, { path: `/v1/instances/${instanceId}/host-keys`, as });
  const putIf = (headers: ApiCall["headers"], as: string, instanceId: string, keys: readonly string[]) =>
    callApi(local.stack.url, {
      method: "PUT",
      path: `/v1/instances/${instanceId}/host-keys`,
      as,
      headers: { ...headers },
      body: { hostKeys: keys.map((each) => ({ key: each })) },
    });
  const etagOf = async (as: string, instanceId: string) => (await get(as, instanceId)).headers.get("etag") ?? '"none"';
  /** Replaces the version that there is. */
  const put = async (as: string, instanceId: string, keys: readonly string[]) =>
    putIf({ "if-match": await etagOf(as, instanceId) }, as, instanceId, keys);
  /** The host keys in the response to a caller who may view the instance. */
  const shown = async (as: string, instanceId: string): Promise<readonly HostKey[]> => {
    const { body } = await callApi(local.stack.url, { path: `/v1/instances/${instanceId}`, as });
    return instance.parse(body).hostKeys;
  };
  const connect = (as: string, instanceId: string, options: Partial<ConnectionRequest> = {}) =>
    makeConnection(local.stack.url, as, instanceId, { publicKey: key.pair.publicKey, ...options });
  const eventsOf = async (instanceId: string) => {
    await local.stack.settled();
    return local.stack.bus.events
      .map(({ detail }) => detail)
      .filter(
        ({ subject, type }) =>
          subject === `instances/111122223333/us-east-1/${instanceId}` && type === "latchkey.host-keys.registered",
      );
  };

  test.each<[sentence: string, as: string, instanceId: string, status: number, code: string]>([
    ["who sees the instance, but does not look after it", "alice", fleet.web1, 403, "access-denied"],
    ["a machine that sees the instance", "chatbot", fleet.web1, 403, "access-denied"],
    ["who does not see the instance", "carol", fleet.web1, 404, "instance-not-found"],
    ["who looks after others, of an instance that nobody sees", "bob", fleet.vault1, 404, "instance-not-found"],
    ["who looks after others, of an absent one", "bob", fleet.absent, 404, "instance-not-found"],
  ])("are neither shown to nor accepted from %s", async (_, as, instanceId, status, code) => {
    const before = await eventsOf(instanceId);
    expect(await get(as, instanceId)).toMatchObject({ status, body: { code } });
    expect(await put(as, instanceId, [hostKeys.rsa])).toMatchObject({ status, body: { code } });
    expect(await eventsOf(instanceId)).toEqual(before);
  });

  test("a list with one invalid key changes nothing, and the response names that key", async () => {
    const before = await get("bob", fleet.legacy1);
    expect(await put("bob", fleet.legacy1, [hostKeys.rsa, "none"])).toMatchObject({
      status: 400,
      body: { code: "invalid-request", errors: [{ pointer: "/hostKeys/1/key", code: "unsupported-format" }] },
    });
    expect((await get("bob", fleet.legacy1)).body).toEqual(before.body);
  });

  test("are what the instance and its connections tell clients to accept", async () => {
    const { hostKeys: real } = hostKeyList.parse((await get("bob", fleet.web1)).body);
    const servers = real.map((each) => each.key);
    expect(servers).not.toEqual([]);

    const registered = await put("bob", fleet.web1, [...servers, `${hostKeys.ecdsa384} root@web-1`]);
    expect(registered).toMatchObject({ status: 200 });
    const answered = hostKeyList.parse(registered.body).hostKeys;
    expect(answered.map((each) => each.key)).toEqual([...servers, hostKeys.ecdsa384]);
    for (const each of answered) expect(each).toMatchObject({ source: "registered", trust: "high" });

    expect(await shown("alice", fleet.web1)).toEqual(answered);
    const made = await connect("alice", fleet.web1);
    expect(made.hostKeys).toEqual(answered);
    expect(made.ssh.knownHosts).toContain(`${fleet.web1} ${hostKeys.ecdsa384}\n`);
    expect(await runSsh(made, key.pair, "true", strictly)).toMatchObject({ code: 0 });
  });

  test("that are not those of the server make ssh refuse it", async () => {
    await put("bob", fleet.legacy1, [hostKeys.otherEd25519]);
    const made = await connect("alice", fleet.legacy1);
    expect(made.hostKeys.map((each) => each.key)).toEqual([hostKeys.otherEd25519]);
    expect(await runSsh(made, key.pair, "true", strictly)).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("REMOTE HOST IDENTIFICATION HAS CHANGED"),
    });
  });

  test("leave an event in the trail and on the bus, once, however often they are registered", async () => {
    for (const as of ["bob", "bob", "erin"]) await put(as, fleet.db1, [hostKeys.rsa, hostKeys.ecdsa256]);
    await put("erin", fleet.db1, [hostKeys.ecdsa256, hostKeys.rsa]);
    const [event, ...more] = await eventsOf(fleet.db1);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "latchkey.host-keys.registered",
      subject: `instances/111122223333/us-east-1/${fleet.db1}`,
      data: {
        actor: "bob",
        instanceId: fleet.db1,
        hostKeyFingerprints: [hostKeyFingerprints.rsa, hostKeyFingerprints.ecdsa256],
        policies: ["dev-host-keys"],
        policyDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        requestId: expect.any(String),
      },
    });
    const path = `/v1/audit-events?instanceId=${fleet.db1}`;
    const { body } = await callApi(local.stack.url, { path, as: "alice" });
    expect(body).toMatchObject({ items: expect.arrayContaining([event]) });
  });

  test("by several at once are those of one of them, and the others hear that they were too late", async () => {
    const lists = [[hostKeys.rsa], [hostKeys.ecdsa256], [hostKeys.ecdsa384], [hostKeys.ecdsa521]];
    const etag = await etagOf("bob", fleet.prod1);
    const responses = await Promise.all(lists.map((list) => putIf({ "if-match": etag }, "bob", fleet.prod1, list)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const events = await eventsOf(fleet.prod1);
    const [now] = await shown("bob", fleet.prod1);
    expect(events).toMatchObject([{ data: { hostKeyFingerprints: [now?.fingerprint] } }]);
  });

  test("replace only the version that the request names", async () => {
    const first = await putIf({ "if-none-match": "*" }, "bob", fleet.v61, [hostKeys.rsa]);
    expect(first.status).toBe(200);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(await etagOf("erin", fleet.v61)).toBe(etag);

    const stale = [{ "if-none-match": "*" }, { "if-match": '"another"' }, { "if-match": `W/${etag}` }];
    for (const headers of stale) {
      expect(await putIf(headers, "erin", fleet.v61, [hostKeys.ecdsa256])).toMatchObject({
        status: 412,
        body: { code: "precondition-failed" },
      });
    }
    for (const headers of [{}, { "if-match": "*" }]) {
      expect(await putIf(headers, "erin", fleet.v61, [hostKeys.ecdsa256])).toMatchObject({
        status: 428,
        body: { code: "precondition-required" },
      });
    }
    expect(await etagOf("erin", fleet.v61)).toBe(etag);
    const same = await putIf({ "if-match": etag }, "erin", fleet.v61, [hostKeys.rsa]);
    expect([same.status, same.headers.get("etag")]).toEqual([200, etag]);
    const next = await putIf({ "if-match": etag }, "erin", fleet.v61, [hostKeys.ecdsa256]);
    expect(next.status).toBe(200);
    expect(next.headers.get("etag")).not.toBe(etag);
    expect(await eventsOf(fleet.v61)).toHaveLength(2);
  });

  test("can be removed: then the captured key counts again, and ssh logs in", async () => {
    await put("bob", fleet.legacy1, [hostKeys.rsa]);
    const before = (await eventsOf(fleet.legacy1)).length;
    const response = await put("bob", fleet.legacy1, []);
    const left = hostKeyList.parse(response.body).hostKeys;
    expect(left).not.toEqual([]);
    for (const each of left) expect(each).toMatchObject({ source: "console", trust: "medium" });

    expect(await shown("alice", fleet.legacy1)).toEqual(left);
    const made = await connect("alice", fleet.legacy1);
    expect(made.hostKeys).toEqual(left);
    expect(await runSsh(made, key.pair, "true", strictly)).toMatchObject({ code: 0 });
    expect((await eventsOf(fleet.legacy1)).slice(before)).toMatchObject([{ data: { hostKeyFingerprints: [] } }]);
  });

  test("are in the log only as fingerprints", async () => {
    await put("bob", fleet.legacy1, [hostKeys.ecdsa521]);
    const lines = local.logLines.filter((line) => line.includes('"route":"putHostKeys"'));
    expect(lines.at(-1)).toContain(hostKeyFingerprints.ecdsa521);
    expect(local.logLines.join("\n")).not.toContain(hostKeys.ecdsa521.split(" ")[1]);
  });
});
